using TPacket.Transports;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>The rented buffer that a message is compressed into. It grows with what is written, not with what the message might become.</summary>
internal ref struct DeflateOutput
{
    // Above this, most messages shrink by so much that the worst case is no good guess.
    private const int LargestGuess = 64 * 1024;

    // zlib's flush wants more than six bytes of room, or it writes its marker twice.
    private const int SmallestRoom = 8;

    private byte[] _buffer;

    public DeflateOutput(long inputLength)
    {
        // zlib's own worst case, an eighth and a sixty-fourth more, with the marker and its room.
        var worst = inputLength + (inputLength >> 3) + (inputLength >> 6) + 32;
        _buffer = BufferPool.Rent((int)Math.Min(worst, LargestGuess));
    }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Compresses all of the input.</summary>
    public void Append(DeflateState state, ReadOnlySpan<byte> input, ZlibFlush flush)
    {
        while (true)
        {
            if (_buffer.Length - Length < SmallestRoom)
                Grow();
            var room = _buffer.AsSpan(Length);
            state.Deflate(ref input, room, flush, out var written);
            Length += written;
            // Room that is left says that nothing is held back.
            if (written < room.Length)
                return;
        }
    }

    /// <summary>Hands the buffer on, without the last bytes.</summary>
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
