namespace TPacket.Client;

/// <summary>
/// Thrown by an enumeration of events that was too slow: its buffer was full when the next event came. The enumeration first returns the buffered events. The connection and other enumerations
/// are not affected.
/// </summary>
public sealed class EventOverflowException : TPacketClientException
{
    internal EventOverflowException(int capacity, ClientState state)
        : base($"More than {capacity} events have waited for their reader.", state)
    {
    }
}
