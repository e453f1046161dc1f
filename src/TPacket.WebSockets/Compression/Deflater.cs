using System.IO.Compression;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Compresses messages (RFC 7692, section 7.2.1). Without context takeover, a deflater holds no state between messages, is thread-safe and serves any number of connections. With context takeover, it
/// holds a compressor from the first message until <see cref="Release"/>, belongs to one connection, and is used by one thread at a time. The connection must then send every compressed message, in
/// the order of compression, because later messages may refer to earlier messages.
/// </summary>
/// <param name="windowBits">Window in bits, 8 to 15, as negotiated for this side.</param>
/// <param name="level">Level of compression.</param>
/// <param name="contextTakeover">Whether messages may refer to earlier messages.</param>
internal sealed class Deflater(int windowBits, CompressionLevel level, bool contextTakeover)
{
    private readonly int _windowBits = windowBits;
    private readonly CompressionLevel _level = level;
    private readonly bool _contextTakeover = contextTakeover;
    private DeflateState? _state;

    /// <summary>Whether messages may refer to earlier messages.</summary>
    public bool ContextTakeover => _contextTakeover;

    // The bytes that end each flush. Deflate removes them from the message (section 7.2.1).
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    // An empty message after compression: the beginning of an empty uncompressed block (section 7.2.3.6).
    private static ReadOnlySpan<byte> Empty => [0x00];

    /// <summary>Compresses a message that consists of two parts. The result may be longer than the message.</summary>
    /// <returns>The compressed message. The caller disposes of it.</returns>
    /// <exception cref="InsufficientMemoryException">Memory for the compressor or the result could not be allocated.</exception>
    public DeflatedMessage Deflate(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        // zlib writes nothing for two consecutive flushes.
        if (head.IsEmpty && body.IsEmpty)
            return new DeflatedMessage(Empty);
        var state = _state ?? StatePool.RentDeflate(_windowBits, _level);
        _state = null;
        var output = new DeflateOutput((long)head.Length + body.Length);
        try
        {
            if (!head.IsEmpty)
                output.Append(state, head, body.IsEmpty ? LastFlush : ZlibFlush.None);
            if (!body.IsEmpty)
                output.Append(state, body, LastFlush);
            if (!output.Bytes.EndsWith(Tail))
                throw new InvalidOperationException("A flush of zlib did not end with its marker.");
        }
        catch
        {
            // The compressor's context contains data that the peer will not receive.
            StatePool.Discard(state);
            output.Release();
            throw;
        }

        if (_contextTakeover)
            _state = state;
        else
            StatePool.Return(state);
        return output.ToMessage(withoutLast: Tail.Length);
    }

    /// <summary>
    /// Returns the compressor to its pool, when the connection is idle or has ended. The next message gets a new compressor and refers to no earlier message. This needs no agreement with the peer.
    /// Must not run concurrently with <see cref="Deflate"/>.
    /// </summary>
    public void Release()
    {
        if (_state is not { } state)
            return;
        _state = null;
        try
        {
            state.Reset();
        }
        catch
        {
            StatePool.Discard(state);
            throw;
        }

        StatePool.Return(state);
    }

    // Without context takeover, the flush also clears the context, so that the compressor can serve other connections.
    private ZlibFlush LastFlush => _contextTakeover ? ZlibFlush.Sync : ZlibFlush.Full;
}
