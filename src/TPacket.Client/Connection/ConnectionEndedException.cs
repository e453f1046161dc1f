namespace TPacket.Client.Connection;

/// <summary>Ends the work on a connection that has ended, or has to; never leaves the library.</summary>
/// <param name="cause">Why.</param>
/// <param name="refusal">The RESP_ERROR, where the nick, the room or the session was refused.</param>
internal sealed class ConnectionEndedException(DisconnectCause cause, Packet? refusal = null) : Exception(cause.Message)
{
    public DisconnectCause Cause => cause;

    public Packet? Refusal => refusal;
}
