using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Decompresses messages (RFC 7692, section 7.2.2), whatever pieces they arrive in. Output is made in pieces of the caller's size, so that a message that unpacks to more than the
/// caller takes costs no more than that. It takes any window that can be negotiated. With context takeover it holds a decompressor of 40 KiB from the first message on, without it from the first byte of a
/// message to its end. Used by one thread at a time.
/// </summary>
/// <param name="contextTakeover">Whether a message may refer to earlier ones.</param>
internal sealed class Inflater(bool contextTakeover)
{
    private readonly bool _contextTakeover = contextTakeover;
    private InflateState? _state;
    private bool _outputFull;
    private bool _invalid;

    // What the sender has taken away from the end of the message (section 7.2.1).
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    // The same with a whole empty block behind it, which is never reached.
    private static ReadOnlySpan<byte> TailAndMore => [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>Decompresses what has arrived of a message.</summary>
    /// <param name="input">Advanced past what was taken.</param>
    /// <param name="output">Where the data goes.</param>
    /// <param name="written">How many bytes of the output were written, whatever the result is.</param>
    /// <exception cref="InsufficientMemoryException">There is no memory for a decompressor.</exception>
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
                // BFINAL ends a stream, not the message (section 7.2.3.4), and the next stream knows nothing of this one.
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
            // With room left, zlib stops for nothing else than the end of its input.
            _outputFull = false;
            return input.IsEmpty ? InflateStatus.NeedInput : Fail();
        }

        // Whether there is more shows only with more room.
        _outputFull = true;
        return InflateStatus.OutputFull;
    }

    /// <summary>Ends the message, all of whose input is used.</summary>
    /// <returns>False when what has arrived is not a whole message.</returns>
    /// <exception cref="InvalidOperationException">The last result was <see cref="InflateStatus.OutputFull"/>.</exception>
    public bool TryEndMessage()
    {
        if (_outputFull)
            throw new InvalidOperationException("There may be more output.");
        if (_invalid || _state is not { } state)
        {
            // A message of no data is a byte long (section 7.2.3.6).
            Fail();
            return false;
        }

        // The sender has flushed, so that its last block is an empty one without compression, of which nothing but its length, the tail, is missing. Asked to stop at the end of a
        // block, zlib therefore takes the tail and nothing behind it. Of a message that is cut it takes less, or more, or makes it to output.
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

    /// <summary>
    /// Gives the decompressor back. For the end of the connection; with context takeover nothing can be read afterwards that refers to what was before.
    /// </summary>
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
