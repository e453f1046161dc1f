using System.Buffers;

namespace TPacket.Protocol;

/// <summary>Reads packets from bytes, without allocation or I/O. The methods never throw for the content of the bytes. Thread-safe.</summary>
public static class PacketReader
{
    /// <summary>Reads the packet at the beginning of a stream of packets.</summary>
    /// <param name="source">The bytes that have arrived so far.</param>
    /// <param name="maxLength">Length in bytes of the longest packet to accept, header included. The header alone is enough to reject a longer packet.</param>
    /// <param name="header">The header when the result is <see cref="PacketReadStatus.Done"/>.</param>
    /// <param name="data">
    /// The packet's data when the result is <see cref="PacketReadStatus.Done"/>: a view into <paramref name="source"/>, which ends at the end of the packet.
    /// </param>
    /// <returns>The status.</returns>
    public static PacketReadStatus TryRead(ReadOnlySpan<byte> source, int maxLength, out PacketHeader header, out ReadOnlySpan<byte> data)
    {
        data = default;
        var status = TryReadHeader(source, maxLength, out header);
        if (status != PacketReadStatus.Done)
            return status;
        if (source.Length < header.PacketLength)
            return PacketReadStatus.NeedMore;
        data = source.Slice(PacketHeader.Size, header.DataLength);
        return PacketReadStatus.Done;
    }

    /// <summary>Reads the packet at the beginning of a stream of packets that may consist of several segments.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, int, out PacketHeader, out ReadOnlySpan{byte})"/>
    public static PacketReadStatus TryRead(ReadOnlySequence<byte> source, int maxLength, out PacketHeader header, out ReadOnlySequence<byte> data)
    {
        data = default;
        Span<byte> gathered = stackalloc byte[PacketHeader.Size];
        scoped var head = source.FirstSpan;
        if (head.Length < PacketHeader.Size && !source.IsSingleSegment)
        {
            var length = (int)Math.Min(source.Length, PacketHeader.Size);
            source.Slice(0, length).CopyTo(gathered);
            head = gathered[..length];
        }

        var status = TryReadHeader(head, maxLength, out header);
        if (status != PacketReadStatus.Done)
            return status;
        if (source.Length < header.PacketLength)
            return PacketReadStatus.NeedMore;
        data = source.Slice(PacketHeader.Size, header.DataLength);
        return PacketReadStatus.Done;
    }

    /// <summary>Reads a message that consists of exactly one packet, as each WebSocket message does.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="header">The header when the result is <see cref="PacketReadStatus.Done"/>.</param>
    /// <param name="data">The packet's data when the result is <see cref="PacketReadStatus.Done"/>: a view into <paramref name="message"/>.</param>
    /// <returns>The status; never <see cref="PacketReadStatus.NeedMore"/> or <see cref="PacketReadStatus.SizeTooLarge"/>.</returns>
    public static PacketReadStatus TryReadMessage(ReadOnlySpan<byte> message, out PacketHeader header, out ReadOnlySpan<byte> data)
    {
        data = default;
        var status = TryReadHeader(message, int.MaxValue, out header);
        if (status != PacketReadStatus.Done)
            return status == PacketReadStatus.NeedMore ? PacketReadStatus.Truncated : status;
        if (message.Length != header.PacketLength)
            return PacketReadStatus.SizeMismatch;
        data = message[PacketHeader.Size..];
        return PacketReadStatus.Done;
    }

    /// <summary>Reads and validates a header. A wrong byte of the signature is detected as soon as it has arrived.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, int, out PacketHeader, out ReadOnlySpan{byte})"/>
    public static PacketReadStatus TryReadHeader(ReadOnlySpan<byte> source, int maxLength, out PacketHeader header)
    {
        header = default;
        if (source.Length < PacketHeader.Size)
        {
            var seen = Math.Min(source.Length, PacketHeader.Signature.Length);
            return source[..seen].SequenceEqual(PacketHeader.Signature[..seen]) ? PacketReadStatus.NeedMore : PacketReadStatus.BadSignature;
        }

        if (!source.StartsWith(PacketHeader.Signature))
            return PacketReadStatus.BadSignature;
        var read = PacketHeader.Decode(source, out var size);
        if (size < PacketHeader.Size)
            return PacketReadStatus.SizeTooSmall;
        if (size > maxLength)
            return PacketReadStatus.SizeTooLarge;
        header = read;
        return PacketReadStatus.Done;
    }
}
