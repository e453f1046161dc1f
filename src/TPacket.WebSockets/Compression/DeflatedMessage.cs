using TPacket.Transports.Buffers;

namespace TPacket.WebSockets.Compression;

/// <summary>A compressed message in a rented buffer. The owner disposes of exactly one copy of this struct, which returns the buffer.</summary>
internal readonly ref struct DeflatedMessage
{
    private readonly byte[]? _buffer;

    public DeflatedMessage(byte[] buffer, int length)
    {
        _buffer = buffer;
        Bytes = buffer.AsSpan(0, length);
    }

    public DeflatedMessage(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The compressed payload, for a frame with RSV1 set (RFC 7692, section 6).</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public void Dispose()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
    }
}
