using TPacket.Transports;


namespace TPacket.WebSockets.Messages;

/// <summary>Collects the pieces of a payload. Memory follows what has arrived, never what a header promises.</summary>
internal struct MessageAssembler
{
    private const int SmallestBuffer = 256;

    private byte[]? _buffer;

    /// <summary>How many bytes were collected.</summary>
    public int Length { get; private set; }

    /// <summary>Takes the next piece; the caller has checked that all pieces together stay within <paramref name="limit"/> bytes.</summary>
    public void Append(ReadOnlySpan<byte> piece, int limit)
    {
        if (piece.IsEmpty)
            return;
        var needed = Length + piece.Length;
        if (_buffer is null || _buffer.Length < needed)
            Grow(needed, limit);
        piece.CopyTo(_buffer.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Where the next bytes can be written, at least one; <see cref="Advance"/> says how many were.</summary>
    /// <param name="expected">How many are expected.</param>
    /// <param name="limit">How many bytes all pieces together may have; there is always room for one more, with which it shows that there are too many.</param>
    public Span<byte> Reserve(int expected, int limit)
    {
        if (_buffer is null || _buffer.Length == Length)
            Grow(Length + Math.Max(1, Math.Min(expected, limit - Length)), limit);
        return _buffer.AsSpan(Length);
    }

    /// <summary>So many bytes were written where <see cref="Reserve"/> has said.</summary>
    public void Advance(int written) => Length += written;

    /// <summary>The whole payload: <paramref name="last"/> itself when nothing was collected before it.</summary>
    public ReadOnlySpan<byte> Complete(ReadOnlySpan<byte> last, int limit)
    {
        if (Length == 0)
            return last;
        Append(last, limit);
        return _buffer.AsSpan(0, Length);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
        Length = 0;
    }

    private void Grow(int needed, int limit)
    {
        var doubled = (int)Math.Min(Math.Max(2L * needed, SmallestBuffer), Math.Max(limit, SmallestBuffer));
        var grown = BufferPool.Rent(Math.Max(doubled, needed));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, Length).CopyTo(grown);
            BufferPool.Return(_buffer);
        }

        _buffer = grown;
    }
}
