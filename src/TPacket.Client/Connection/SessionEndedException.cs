namespace TPacket.Client.Connection;

/// <summary>The way out of a session whose connection has ended, or has to; never leaves the library.</summary>
/// <param name="cause">Why.</param>
/// <param name="refusal">The RESP_ERROR, where nick or room were refused.</param>
internal sealed class SessionEndedException(DisconnectCause cause, Packet? refusal = null) : Exception(cause.Message)
{
    public DisconnectCause Cause => cause;

    public Packet? Refusal => refusal;
}
