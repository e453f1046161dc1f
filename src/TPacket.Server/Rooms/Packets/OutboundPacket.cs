using TPacket.Protocol;

namespace TPacket.Server.Rooms.Packets;

/// <summary>A packet that members of a room receive without a request.</summary>
/// <param name="command">The command.</param>
/// <param name="p1">Parameter 1.</param>
/// <param name="p2">Parameter 2.</param>
/// <param name="data">The data.</param>
internal readonly ref struct OutboundPacket(PacketCommand command, int p1, int p2, ReadOnlySpan<byte> data)
{
    public int Command => (int)command;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Length in bytes, header included.</summary>
    public int Length => PacketHeader.Size + Data.Length;

    /// <summary>Writes the header alone.</summary>
    public void WriteHeader(Span<byte> destination) => PacketWriter.WriteHeader(destination, PacketHeader.Unasked, (int)command, p1, p2, Data.Length);

    /// <summary>Writes the packet.</summary>
    /// <returns>Its length in bytes.</returns>
    public int Write(Span<byte> destination) => PacketWriter.Write(destination, PacketHeader.Unasked, (int)command, p1, p2, Data);
}
