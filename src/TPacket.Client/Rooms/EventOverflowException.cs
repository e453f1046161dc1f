namespace TPacket.Client;

/// <summary>
/// Thrown by an enumeration of events whose reader was too slow: the buffer was full when the next event arrived.
/// The enumeration first returns the buffered events. The connection and other enumerations are not affected.
/// </summary>
public sealed class EventOverflowException : TPacketClientException
{
    internal EventOverflowException(int capacity, ClientState state)
        : base($"More than {capacity} events have waited for their reader.", state)
    {
    }
}
