using System.Text;

namespace TPacket.Client;

/// <summary>A packet, to be sent or received.</summary>
public sealed record Packet
{
    /// <summary>A packet whose data is bytes.</summary>
    /// <param name="command">The command.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; not copied, so it must not change while the packet is in use.</param>
    public Packet(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default) => (Command, P1, P2, Data) = (command, p1, p2, data);

    /// <summary>A packet whose data is text.</summary>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public Packet(int command, string text, int p1 = 0, int p2 = 0)
        : this(command, p1, p2, Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The command.</summary>
    public int Command { get; init; }

    /// <summary>Parameter 1.</summary>
    public int P1 { get; init; }

    /// <summary>Parameter 2.</summary>
    public int P2 { get; init; }

    /// <summary>The data; of a received packet, the receiver's own.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Of a received packet: the request's that it answers, or -1. The client gives those that it sends their own.</summary>
    public int Uid { get; internal init; }

    /// <summary>The data as text. Bytes that are no UTF-8 are replaced by U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);
}
