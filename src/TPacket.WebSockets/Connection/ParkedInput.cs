using TPacket.Transports;

namespace TPacket.WebSockets.Connection;

/// <summary>A copy of the input after a message that the handler has not finished.</summary>
internal sealed class ParkedInput
{
    private readonly int _end;
    private byte[]? _buffer;
    private int _start;

    public ParkedInput(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return;
        _end = rest.Length;
        _buffer = BufferPool.Rent(_end);
        rest.CopyTo(_buffer);
    }

    public Span<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Keeps the last bytes only, after the next message that the handler has not finished.</summary>
    public void Keep(int length) => _start = _end - length;

    public void Release()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
    }
}
