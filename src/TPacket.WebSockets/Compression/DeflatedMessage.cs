using TPacket.Transports;


namespace TPacket.WebSockets.Compression;

/// <summary>A compressed message in a rented buffer, which is given back by <see cref="Dispose"/>: once, for this is copied like any struct.</summary>
internal readonly ref struct DeflatedMessage
{
    private readonly byte[]? _buffer;

    public DeflatedMessage(byte[] buffer, int length)
    {
        _buffer = buffer;
        Bytes = buffer.AsSpan(0, length);
    }

    public DeflatedMessage(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The payload of the message, for a frame that has RSV1 set.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public void Dispose()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
    }
}
