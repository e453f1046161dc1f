namespace TPacket.Client;

/// <summary>
/// Thrown when no reply or receipt arrives in time. The server may have handled the request, or may still do so.
/// The connection stays open, except after a <see cref="TPacketClient.JoinAsync"/> that has timed out.
/// </summary>
public sealed class RequestTimeoutException : TPacketClientException
{
    internal RequestTimeoutException(int command, TimeSpan timeout, ClientState state)
        : base($"No reply to command {command} within {timeout.TotalSeconds:0.###} s.", state)
    {
    }
}
