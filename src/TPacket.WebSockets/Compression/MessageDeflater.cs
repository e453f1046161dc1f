namespace TPacket.WebSockets.Compression;

/// <summary>Decides which of a connection's messages are compressed, and when its compressor is given back. Guarded by the outbound queue.</summary>
/// <param name="deflater">Compresses this connection's messages.</param>
/// <param name="minimumLength">Shorter messages are sent as they are.</param>
/// <param name="idle">How long a compressor is kept that nobody uses.</param>
/// <param name="heartbeat">The coarse clock.</param>
internal sealed class MessageDeflater(Deflater deflater, int minimumLength, TimeSpan idle, Heartbeat heartbeat)
{
    private long _lastUsed;

    /// <summary>Whether there may be something to give back. May be read at any time.</summary>
    public bool Remembers { get; private set; }

    /// <summary>Compresses a message that is given in two parts.</summary>
    /// <returns>False when it is to be sent as it is.</returns>
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
            Remembers = true;
            return true;
        }

        if (deflated.Bytes.Length < length)
            return true;
        deflated.Dispose();
        return false;
    }

    /// <summary>Begins anew: what was compressed before is referred to no more.</summary>
    public void Forget()
    {
        Remembers = false;
        deflater.Release();
    }

    public void ForgetWhenIdle(long now)
    {
        if (Remembers && now - _lastUsed >= (long)idle.TotalMilliseconds)
            Forget();
    }
}
