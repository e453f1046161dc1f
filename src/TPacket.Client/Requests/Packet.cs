using System.Text;

namespace TPacket.Client;

/// <summary>A packet to send, or a received one (docs/protocol.md).</summary>
public sealed record Packet
{
    /// <summary>Creates a packet with bytes as data.</summary>
    /// <param name="command">The command.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data. The packet refers to this memory, which must not change while the packet is in use.</param>
    public Packet(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default) => (Command, P1, P2, Data) = (command, p1, p2, data);

    /// <summary>Creates a packet with text as data.</summary>
    /// <param name="command">The command.</param>
    /// <param name="text">The text, which is encoded as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public Packet(int command, string text, int p1 = 0, int p2 = 0)
        : this(command, p1, p2, Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The command.</summary>
    public int Command { get; init; }

    /// <summary>Parameter 1. The command determines its meaning.</summary>
    public int P1 { get; init; }

    /// <summary>Parameter 2. The command determines its meaning.</summary>
    public int P2 { get; init; }

    /// <summary>The data. A received packet has a copy of the received bytes, which the application may keep.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// In a received packet: the uid of the request that it answers; -1 for none. In a packet to send: 0, because the client
    /// assigns the uid when it sends the packet.
    /// </summary>
    public int Uid { get; internal init; }

    /// <summary>The data as text. Invalid UTF-8 is replaced with U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);
}
