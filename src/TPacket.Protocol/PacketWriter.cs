using System.Buffers;

namespace TPacket.Protocol;

/// <summary>Writes packets. The methods allocate nothing themselves. Thread-safe.</summary>
public static class PacketWriter
{
    /// <summary>Length in bytes of the longest data: the size of the packet fits the wire's signed 32-bit field.</summary>
    public const int MaxDataLength = int.MaxValue - PacketHeader.Size;

    /// <summary>Writes one packet to a buffer writer.</summary>
    /// <param name="destination">Receives header and data, and is advanced by the packet's length.</param>
    /// <param name="uid">The request's uid, or <see cref="PacketHeader.Unasked"/>.</param>
    /// <param name="command">The command: any 32-bit value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data, at most <see cref="MaxDataLength"/> bytes, which the method copies.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="data"/> is longer than <see cref="MaxDataLength"/>.</exception>
    public static void Write(IBufferWriter<byte> destination, int uid, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, MaxDataLength, nameof(data));
        WriteHeader(destination.GetSpan(PacketHeader.Size), uid, command, p1, p2, data.Length);
        destination.Advance(PacketHeader.Size);
        destination.Write(data);
    }

    /// <summary>Writes one packet into a span.</summary>
    /// <param name="destination">Receives the packet: at least <see cref="PacketHeader.Size"/> bytes plus the data's length.</param>
    /// <inheritdoc cref="Write(IBufferWriter{byte}, int, int, int, int, ReadOnlySpan{byte})"/>
    /// <param name="uid"/><param name="command"/><param name="p1"/><param name="p2"/><param name="data"/>
    /// <returns>The packet's length in bytes.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int Write(Span<byte> destination, int uid, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        if (destination.Length - PacketHeader.Size < data.Length)
            throw new ArgumentException("The destination is shorter than the packet.", nameof(destination));
        WriteHeader(destination, uid, command, p1, p2, data.Length);
        data.CopyTo(destination[PacketHeader.Size..]);
        return PacketHeader.Size + data.Length;
    }

    /// <summary>Writes a header for data that the caller writes itself.</summary>
    /// <param name="destination">Receives the header: at least <see cref="PacketHeader.Size"/> bytes.</param>
    /// <param name="uid">The request's uid, or <see cref="PacketHeader.Unasked"/>.</param>
    /// <param name="command">The command: any 32-bit value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="dataLength">Length of the data, 0 to <see cref="MaxDataLength"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dataLength"/> is out of range, or <paramref name="destination"/> is too short.</exception>
    public static void WriteHeader(Span<byte> destination, int uid, int command, int p1, int p2, int dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dataLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataLength, MaxDataLength);
        new PacketHeader(uid, dataLength, command, p1, p2).Encode(destination);
    }
}
