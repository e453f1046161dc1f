using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Decompresses messages (RFC 7692, section 7.2.2) that arrive in pieces. The caller provides the output buffers, so it can stop a message that exceeds its limit. Any negotiated window is supported.
/// The inflater holds a decompressor of 40 KiB: with context takeover from the first message on, otherwise from a message's first byte to its end. Used by one thread at a time.
/// </summary>
/// <param name="contextTakeover">Whether messages may refer to earlier messages.</param>
internal sealed class Inflater(bool contextTakeover)
{
    private readonly bool _contextTakeover = contextTakeover;
    private InflateState? _state;
    private bool _outputFull;
    private bool _invalid;

    // The bytes that the sender has removed from the end of the message (section 7.2.1).
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    // The tail followed by an empty block, which the decompressor does not reach in a valid message.
    private static ReadOnlySpan<byte> TailAndMore => [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>Decompresses a piece of a message.</summary>
    /// <param name="input">The piece; advanced past the consumed bytes.</param>
    /// <param name="output">The buffer for the decompressed data.</param>
    /// <param name="written">Number of bytes written to the output, for every result.</param>
    /// <exception cref="InsufficientMemoryException">Memory for a decompressor could not be allocated.</exception>
    public InflateStatus Inflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, out int written)
    {
        written = 0;
        if (_invalid)
            return InflateStatus.Invalid;
        if (input.IsEmpty && !_outputFull)
            return InflateStatus.NeedInput;
        var state = _state ??= StatePool.RentInflate();
        while (written < output.Length)
        {
            var result = state.Inflate(ref input, output[written..], ZlibFlush.None, out var more);
            written += more;
            if (result == ZlibResult.StreamEnd)
            {
                // BFINAL ends a DEFLATE stream, not the message (section 7.2.3.4). The next stream cannot refer to this stream.
                state.Reset();
                _outputFull = false;
                if (input.IsEmpty)
                    return InflateStatus.NeedInput;
                continue;
            }

            if (result is not (ZlibResult.Ok or ZlibResult.BufferError))
                return Fail();
            if (written == output.Length)
                break;
            // With room left, zlib stops only at the end of its input.
            _outputFull = false;
            return input.IsEmpty ? InflateStatus.NeedInput : Fail();
        }

        // Only a call with more room shows whether there is more output.
        _outputFull = true;
        return InflateStatus.OutputFull;
    }

    /// <summary>Ends the message, after all of its input was consumed.</summary>
    /// <returns>False if the input is not a complete message.</returns>
    /// <exception cref="InvalidOperationException">The last result was <see cref="InflateStatus.OutputFull"/>.</exception>
    public bool TryEndMessage()
    {
        if (_outputFull)
            throw new InvalidOperationException("There may be more output.");
        if (_invalid || _state is not { } state)
        {
            // Even an empty message is one byte long (section 7.2.3.6).
            Fail();
            return false;
        }

        // The sender has flushed, so a complete message ends with an empty uncompressed block without its length, which is the tail. ZlibFlush.Block stops at the end of a block, so zlib consumes
        // exactly the tail. After a truncated message, zlib consumes less or more, or writes output.
        var rest = TailAndMore;
        Span<byte> output = stackalloc byte[1];
        var result = state.Inflate(ref rest, output, ZlibFlush.Block, out var written);
        if (result is not (ZlibResult.Ok or ZlibResult.StreamEnd) || written > 0 || TailAndMore.Length - rest.Length != Tail.Length)
        {
            Fail();
            return false;
        }

        if (!_contextTakeover)
            Release();
        else if (result == ZlibResult.StreamEnd)
            state.Reset();
        return true;
    }

    /// <summary>Returns the decompressor to its pool, at the end of the connection. With context takeover, later messages must not refer to earlier messages.</summary>
    public void Release()
    {
        _outputFull = false;
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

    private InflateStatus Fail()
    {
        Release();
        _invalid = true;
        return InflateStatus.Invalid;
    }
}
