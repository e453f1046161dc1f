namespace TPacket.Client;

/// <summary>
/// An enumeration of events was too slow: as many as it keeps waited already when the next came. It ends behind those, for a stream from which something is missing would be worse.
/// The connection and other enumerations go on.
/// </summary>
public sealed class EventOverflowException : TPacketClientException
{
    internal EventOverflowException(int capacity, ClientState state)
        : base($"More than {capacity} events have waited for their reader.", state)
    {
    }
}
