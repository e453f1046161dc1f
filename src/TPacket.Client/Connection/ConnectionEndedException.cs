namespace TPacket.Client.Connection;

/// <summary>Thrown inside the library when a connection has ended or must end. Applications never see it.</summary>
/// <param name="cause">The cause.</param>
/// <param name="refusal">The RESP_ERROR with which the server has refused the nick, the room or the session; null for any other cause.</param>
internal sealed class ConnectionEndedException(DisconnectCause cause, Packet? refusal = null) : Exception(cause.Message)
{
    public DisconnectCause Cause => cause;

    public Packet? Refusal => refusal;
}
