namespace TPacket.Client;

/// <summary>The server's answer to a packet that it has appended to the room's log. Immutable.</summary>
/// <param name="Uid">The packet's uid, as in <see cref="SendRefused"/>.</param>
public sealed record Receipt(int Uid)
{
    /// <summary>
    /// The event's place in the room's log: <see cref="ClientEvent.Offset"/> of the same message as it comes back. Null where the client has no receipt, since the server gives none or the client does not
    /// follow the log: then the packet is sent, and the server may still refuse it.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>When the server appended the packet, by its clock, to the millisecond; null where <see cref="Offset"/> is.</summary>
    public DateTimeOffset? Time { get; init; }
}
