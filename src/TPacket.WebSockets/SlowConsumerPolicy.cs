namespace TPacket.WebSockets;

/// <summary>
/// What happens to a peer whose outbound queue is full. Either way it takes nothing more from then on, so that the peer never sees a
/// stream with a hole.
/// </summary>
public enum SlowConsumerPolicy
{
    /// <summary>What is queued is still sent, then a close frame with 1013 (try again later), if the peer reads it within the close timeout.</summary>
    Disconnect,

    /// <summary>What is queued is dropped and the connection released at once.</summary>
    Abort,
}
