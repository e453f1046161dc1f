namespace TPacket.WebSockets.Compression;

/// <summary>Compresses messages of a connection that are long enough, and releases the compressor when it is idle. Guarded by the outbound queue's lock.</summary>
/// <param name="deflater">The connection's compressor.</param>
/// <param name="minimumLength">Length in bytes below which messages are not compressed.</param>
/// <param name="idle">Time after which an unused compressor is released.</param>
/// <param name="heartbeat">The coarse clock.</param>
internal sealed class MessageDeflater(Deflater deflater, int minimumLength, TimeSpan idle, Heartbeat heartbeat)
{
    private long _lastUsed;

    /// <summary>Whether the compressor may hold a context of earlier messages. Can be read without the lock.</summary>
    public bool HasContext { get; private set; }

    /// <summary>Compresses a message that consists of two parts.</summary>
    /// <returns>False if the message is to be sent uncompressed.</returns>
    public bool TryDeflate(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, out DeflatedMessage deflated)
    {
        deflated = default;
        var length = head.Length + body.Length;
        if (length < minimumLength)
            return false;
        deflated = deflater.Deflate(head, body);
        if (deflater.ContextTakeover)
        {
            _lastUsed = heartbeat.Now;
            HasContext = true;
            return true;
        }

        if (deflated.Bytes.Length < length)
            return true;
        deflated.Dispose();
        return false;
    }

    /// <summary>Releases the compressor with its context: later messages do not refer to earlier messages.</summary>
    public void Reset()
    {
        HasContext = false;
        deflater.Release();
    }

    /// <summary>Releases the compressor if it has not been used for the idle time.</summary>
    public void ResetIfIdle(long now)
    {
        if (HasContext && now - _lastUsed >= (long)idle.TotalMilliseconds)
            Reset();
    }
}
