using TPacket.Transports.Buffers;

namespace TPacket.WebSockets.Connection;

/// <summary>A copy of the input that follows a message, while the handler's task for that message is incomplete.</summary>
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

    /// <summary>Keeps only the last bytes, which follow another message with an incomplete task.</summary>
    public void Keep(int length) => _start = _end - length;

    public void Release()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
    }
}
