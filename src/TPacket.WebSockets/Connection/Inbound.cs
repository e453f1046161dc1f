using TPacket.Transports;
using TPacket.Transports.Loops;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;
using TPacket.WebSockets.Messages;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The reading side of a connection: reads the handshake, then messages. It processes all input before it returns to the transport. While the task of the application's handler is incomplete, the rest
/// of the input is parked (<see cref="ParkedInput"/>) and the transport receives nothing.
/// </summary>
internal sealed class Inbound(WebSocketConnection connection, OutboundQueue outbound) : TransportHandler
{
    // Maximum number of bytes to discard while waiting for the end of the peer's stream.
    private const int MaxDrainedBytes = 1024 * 1024;

    private OpeningHandshake? _handshake;
    private MessageReader? _reader; // Null between messages, unless the reader has state for the next message.
    private ParkedInput? _parked;
    private TokenBucket _controlFrames;
    private int _drained;
    private int _holders = 1;

    /// <summary>Whether the connection waits for the task of a handler's method.</summary>
    public bool IsParked => Volatile.Read(ref _parked) is not null;

    /// <summary>The opening handshake; null when it is complete.</summary>
    public OpeningHandshake? Handshake => Volatile.Read(ref _handshake);

    /// <summary>Sets the handshake, before the transport is started.</summary>
    public void Begin(OpeningHandshake handshake) => _handshake = handshake;

    /// <summary>Ends the handshake: messages follow.</summary>
    /// <param name="inflater">Decompresses the messages; null without compression.</param>
    public void Open(Inflater? inflater)
    {
        if (inflater is not null)
            _reader = new MessageReader(expectMasked: !connection.Masks, connection.Options.MaxMessageLength, inflater);
        _handshake = null;
    }

    public override void OnReceived(Span<byte> bytes)
    {
        connection.Touch();
        Process(bytes, parked: null);
    }

    public override void OnEndOfInput() => connection.OnEndOfInput();

    public override void OnWritable() => outbound.OnWritable();

    public override void OnClosed(Exception? error)
    {
        connection.OnTransportClosed(error);
        ReleaseHolder();
    }

    /// <summary>Processes input.</summary>
    /// <returns>False if a handler's task is incomplete and the rest was parked.</returns>
    private bool Process(Span<byte> input, ParkedInput? parked)
    {
        while (connection.Phase < ConnectionPhase.Draining)
        {
            ValueTask pending;
            var read = _handshake is { } handshake
                ? TryOpen(handshake, ref input, out pending)
                : TryReadMessages(ref input, fromParked: parked is not null, out pending);
            if (!read)
                return true;

            if (pending.IsCompletedSuccessfully)
                continue;
            Park(pending, input, parked);
            return false;
        }

        // Draining is bounded, so that a peer that sends continuously does not keep the connection.
        _drained += input.Length;
        if (_drained > MaxDrainedBytes)
            connection.Transport.Close();
        return true;
    }

    /// <summary>Reads the handshake.</summary>
    /// <returns>False if all input is consumed and the handshake is not complete.</returns>
    private bool TryOpen(OpeningHandshake handshake, ref Span<byte> input, out ValueTask pending)
    {
        var limit = connection.Options.MaxHandshakeHeadLength;
        var collected = handshake.Head.Length;
        var taken = input[..Math.Min(input.Length, limit - collected)];
        ReadOnlySpan<byte> source = collected == 0 ? taken : handshake.Head.Complete(taken, limit);
        if (!handshake.TryRead(source, out var consumed, out pending))
        {
            if (collected == 0)
                handshake.Head.Append(taken, limit);
            return false;
        }

        handshake.Head.Release();
        input = input[Math.Max(consumed - collected, 0)..];
        return true;
    }

    /// <summary>Reads and processes messages and control frames.</summary>
    /// <returns>False if all input is consumed; true if a handler's task is incomplete, or the connection no longer processes frames.</returns>
    private bool TryReadMessages(ref Span<byte> input, bool fromParked, out ValueTask pending)
    {
        var reader = _reader ?? MessageReader.Rent(expectMasked: !connection.Masks, connection.Options.MaxMessageLength);
        try
        {
            while (TryReadNext(reader, ref input, fromParked, out pending))
            {
                if (pending.IsCompletedSuccessfully && connection.Phase < ConnectionPhase.Draining)
                    continue;
                _reader = reader;
                return true;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _reader = reader;
            // Caught here, because the transport is not on the stack when parked input is processed.
            connection.OnHandlerFailed(e);
            pending = default;
            return true;
        }

        if (!reader.IsIdle)
        {
            _reader = reader;
            return false;
        }

        _reader = null;
        MessageReader.Return(reader);
        return false;
    }

    /// <summary>Reads and processes the next message, control frame or short fragment.</summary>
    /// <returns>False if all input is consumed.</returns>
    private bool TryReadNext(MessageReader reader, ref Span<byte> input, bool fromParked, out ValueTask pending)
    {
        pending = default;
        switch (reader.Read(ref input, out var payload))
        {
            case ReadResult.NeedMore:
                return false;
            case ReadResult.Binary:
                pending = Deliver(MessageType.Binary, payload);
                return true;
            case ReadResult.Text:
                pending = Deliver(MessageType.Text, payload);
                return true;
            case ReadResult.Ping:
                if (TryCountControlFrame())
                    outbound.SendControl(Opcode.Pong, payload);
                return true;
            case ReadResult.Pong or ReadResult.ShortFragment:
                TryCountControlFrame();
                return true;
            case ReadResult.Close:
                // After parked input, the socket may have more input, because nothing was read meanwhile.
                connection.OnCloseFrame(payload, nothingFollows: input.IsEmpty && !fromParked);
                return true;
            default:
                connection.Fail(reader.Violation, EndCause.Violation);
                return true;
        }
    }

    /// <summary>Counts a control frame or short fragment, and fails the connection if the peer sends too many.</summary>
    private bool TryCountControlFrame()
    {
        var options = connection.Options;
        if (options.ControlFramesPerSecond == 0)
            return true;
        var limit = RateLimit.Create(options.ControlFramesPerSecond, options.ControlFrameBurst, connection.Heartbeat.TimestampFrequency);
        if (_controlFrames.Take(limit, connection.Heartbeat.Timestamp, 1) == 1)
            return true;
        connection.Fail(Violations.TooManyControlFrames, EndCause.Violation);
        return false;
    }

    /// <summary>Calls the handler, unless this side has begun to close.</summary>
    private ValueTask Deliver(MessageType type, ReadOnlySpan<byte> payload) =>
        connection.Phase == ConnectionPhase.Open ? connection.Handler.OnMessage(type, payload) : default;

    private void Park(ValueTask pending, Span<byte> rest, ParkedInput? parked)
    {
        if (parked is null)
        {
            connection.Transport.PauseReceiving();
            parked = new ParkedInput(rest);
            Interlocked.Increment(ref _holders);
        }
        else
        {
            parked.Keep(rest.Length);
        }

        _parked = parked;
        _ = ContinueAfter(pending, parked);
    }

    private async Task ContinueAfter(ValueTask pending, ParkedInput parked)
    {
        try
        {
            await pending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            connection.OnHandlerFailed(e);
        }

        _parked = null;
        Unpark(parked);
    }

    private void Unpark(ParkedInput parked)
    {
        var batch = FlushBatch.Enter();
        try
        {
            connection.Touch();
            if (!Process(parked.Rest, parked))
                return;
            parked.Release();
            connection.Transport.ResumeReceiving();
            ReleaseHolder();
        }
        finally
        {
            batch.Exit();
        }
    }

    /// <summary>Returns the reader's buffers when neither the transport nor parked input uses them.</summary>
    private void ReleaseHolder()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        _handshake?.Head.Release();
        _reader?.Release();
    }
}
