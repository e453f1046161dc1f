using TPacket.Transports.Buffers;

namespace TPacket.WebSockets.Messages;

/// <summary>
/// Collects the pieces of a payload. Its memory grows with the bytes that have arrived, not with the length that a header announces. A mutable
/// struct: a field that is never copied.
/// </summary>
internal struct MessageAssembler
{
    private const int MinBufferLength = 256;

    private byte[]? _buffer;

    /// <summary>Number of collected bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a piece. The caller has checked that all pieces together have at most <paramref name="limit"/> bytes.</summary>
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

    /// <summary>Returns a buffer of at least one byte for the next bytes. <see cref="Advance"/> appends the bytes that were written.</summary>
    /// <param name="expected">Expected number of bytes.</param>
    /// <param name="limit">
    /// Maximum number of bytes of all pieces together. The buffer always has room for one byte more, so that a payload that is too long is detected.
    /// </param>
    public Span<byte> Reserve(int expected, int limit)
    {
        if (_buffer is null || _buffer.Length == Length)
            Grow(Length + Math.Max(1, Math.Min(expected, limit - Length)), limit);
        return _buffer.AsSpan(Length);
    }

    /// <summary>Appends bytes that were written to the buffer of <see cref="Reserve"/>.</summary>
    public void Advance(int written) => Length += written;

    /// <summary>Returns the complete payload: <paramref name="last"/> itself if it is the only piece.</summary>
    public ReadOnlySpan<byte> Complete(ReadOnlySpan<byte> last, int limit)
    {
        if (Length == 0)
            return last;
        Append(last, limit);
        return _buffer.AsSpan(0, Length);
    }

    /// <summary>Returns the buffer to its pool.</summary>
    public void Release()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
        Length = 0;
    }

    private void Grow(int needed, int limit)
    {
        var doubled = (int)Math.Min(Math.Max(2L * needed, MinBufferLength), Math.Max(limit, MinBufferLength));
        var grown = BufferPool.Rent(Math.Max(doubled, needed));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, Length).CopyTo(grown);
            BufferPool.Return(_buffer);
        }

        _buffer = grown;
    }
}
