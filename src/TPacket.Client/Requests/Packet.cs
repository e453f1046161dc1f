using System.Text;

namespace TPacket.Client;

/// <summary>A packet, to be sent or received.</summary>
/// <param name="Command">The command.</param>
/// <param name="P1">Parameter 1.</param>
/// <param name="P2">Parameter 2.</param>
/// <param name="Data">The data; of a received packet, the receiver's own.</param>
public sealed record Packet(int Command, int P1 = 0, int P2 = 0, ReadOnlyMemory<byte> Data = default)
{
    /// <summary>A packet whose data is text.</summary>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    public Packet(int command, string text)
        : this(command, Data: Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>Of a received packet: the request's that it answers, or -1. The client gives those that it sends their own.</summary>
    public int Uid { get; internal init; }

    /// <summary>The data as text. Bytes that are no UTF-8 are replaced by U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);
}
