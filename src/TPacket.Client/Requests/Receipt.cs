namespace TPacket.Client;

/// <summary>The server's answer to a packet that it has appended to the room's log. Immutable.</summary>
/// <param name="Uid">The packet's uid, as in <see cref="SendRefused"/>.</param>
public sealed record Receipt(int Uid)
{
    /// <summary>
    /// The event's offset in the room's log, which equals <see cref="ClientEvent.Offset"/> of the event. Null if there is no receipt, because the server sends none or the client does not follow the log: the packet is
    /// sent, and the server may still refuse it.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>The time at which the server appended the packet, by its clock, in milliseconds and UTC; null if <see cref="Offset"/> is null.</summary>
    public DateTimeOffset? Time { get; init; }
}
