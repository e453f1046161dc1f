using System.Buffers;

namespace TPacket.Protocol;

/// <summary>Reads packets from bytes. Pure functions: no allocation, no I/O, and nothing that a peer can send makes them throw.</summary>
public static class PacketReader
{
    /// <summary>Reads the packet that begins at the first byte of a stream of packets.</summary>
    /// <param name="source">What has arrived so far; more may follow.</param>
    /// <param name="maxLength">Longest packet accepted, header included, in bytes. Judged from the header alone.</param>
    /// <param name="header">The header, when the result is <see cref="PacketReadStatus.Done"/>.</param>
    /// <param name="data">A view into <paramref name="source"/>; the packet ends where it ends.</param>
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

    /// <summary>Reads the packet that begins at the first byte of a stream of packets that lies in several segments.</summary>
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

    /// <summary>Reads a message that has to be exactly one packet, as a WebSocket message has.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="header">The header, when the result is <see cref="PacketReadStatus.Done"/>.</param>
    /// <param name="data">A view into <paramref name="message"/>.</param>
    /// <returns>Never <see cref="PacketReadStatus.NeedMore"/> or <see cref="PacketReadStatus.SizeTooLarge"/>.</returns>
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

    /// <summary>Reads and judges a header. A wrong signature shows with its first wrong byte.</summary>
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
