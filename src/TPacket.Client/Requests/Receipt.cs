namespace TPacket.Client;

/// <summary>The server's answer to a packet that it has appended to the room's log. Immutable.</summary>
/// <param name="Uid">The packet's uid, as in <see cref="SendRefused"/>.</param>
public sealed record Receipt(int Uid)
{
    /// <summary>
    /// The event's offset in the room's log, which equals <see cref="ClientEvent.Offset"/> of the event.
    /// Null if the server sends no receipts or the client does not follow the log: the packet is then only sent, and the server may still refuse it.
    /// Null also if the server has handled the packet without appending it.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>
    /// The time at which the server appended the packet, by the server's clock, in UTC and with a resolution of 1 ms; null if <see cref="Offset"/> is null.
    /// </summary>
    public DateTimeOffset? Time { get; init; }
}
