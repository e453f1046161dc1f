using System.IO.Compression;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Compresses messages (RFC 7692, section 7.2.1). Without context takeover it holds nothing between two messages and may be used by any number of threads and for any number of
/// connections at once. With it, it holds a compressor from the first message to <see cref="Release"/>, belongs to one connection and is used by one thread at a time; then every message that it has
/// compressed has to be sent compressed and in this order, because the next one may refer to it.
/// </summary>
/// <param name="windowBits">8 to 15, as negotiated for this side.</param>
/// <param name="level">How much work it does.</param>
/// <param name="contextTakeover">Whether a message may refer to earlier ones.</param>
internal sealed class Deflater(int windowBits, CompressionLevel level, bool contextTakeover)
{
    private readonly int _windowBits = windowBits;
    private readonly CompressionLevel _level = level;
    private readonly bool _contextTakeover = contextTakeover;
    private DeflateState? _state;

    /// <summary>Whether a message may refer to earlier ones.</summary>
    public bool ContextTakeover => _contextTakeover;

    // What a flush ends with, and what is not sent (section 7.2.1).
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    // The beginning of an empty block without compression (section 7.2.3.6).
    private static ReadOnlySpan<byte> Empty => [0x00];

    /// <summary>Compresses a message that is given in two parts. The result may be longer than the message.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for a compressor or for the result.</exception>
    public DeflatedMessage Deflate(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        // zlib writes nothing for a second flush in a row.
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
            // What the compressor remembers is not what the peer will have seen.
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
    /// Gives the compressor back; the next message gets a new one and refers to nothing before it, which a peer cannot tell from bad luck. For a connection that is idle, and for one that
    /// ends. Between two messages, as <see cref="Deflate"/>.
    /// </summary>
    public void Release()
    {
        if (_state is not { } state)
            return;
        _state = null;
        try
        {
            state.Forget();
        }
        catch
        {
            StatePool.Discard(state);
            throw;
        }

        StatePool.Return(state);
    }

    // Without takeover the compressor forgets along with the flush, so that it can serve anybody next.
    private ZlibFlush LastFlush => _contextTakeover ? ZlibFlush.Sync : ZlibFlush.Full;
}
