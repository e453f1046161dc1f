using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>A rented buffer for a compressed message. It grows with the bytes written, not with the worst case of the message's length.</summary>
internal ref struct DeflateOutput
{
    // Maximum initial length in bytes. Most longer messages shrink so much that the worst case would be a poor estimate.
    private const int MaxInitialLength = 64 * 1024;

    // With six bytes of room or less, zlib's flush writes its marker twice.
    private const int MinRoom = 8;

    private byte[] _buffer;

    public DeflateOutput(long inputLength)
    {
        // zlib's worst case (the input plus an eighth plus a sixty-fourth), the marker and MinRoom.
        var worst = inputLength + (inputLength >> 3) + (inputLength >> 6) + 32;
        _buffer = BufferPool.Rent((int)Math.Min(worst, MaxInitialLength));
    }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Compresses input and appends the result.</summary>
    public void Append(DeflateState state, ReadOnlySpan<byte> input, ZlibFlush flush)
    {
        while (true)
        {
            if (_buffer.Length - Length < MinRoom)
                Grow();
            var room = _buffer.AsSpan(Length);
            state.Deflate(ref input, room, flush, out var written);
            Length += written;
            // If room is left, zlib has no more output.
            if (written < room.Length)
                return;
        }
    }

    /// <summary>Passes the buffer's ownership to a message without the last bytes.</summary>
    public readonly DeflatedMessage ToMessage(int withoutLast) => new(_buffer, Length - withoutLast);

    public readonly void Release() => BufferPool.Return(_buffer);

    private void Grow()
    {
        var grown = BufferPool.Rent((int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        Bytes.CopyTo(grown);
        BufferPool.Return(_buffer);
        _buffer = grown;
    }
}
