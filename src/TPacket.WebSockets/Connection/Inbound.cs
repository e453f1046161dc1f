using TPacket.Transports;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;
using TPacket.WebSockets.Messages;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The reading side of a connection: the handshake, then one message after the other, everything that has arrived before the transport gets the thread back. While a handler's task is
/// incomplete, what has arrived behind its message waits (<see cref="ParkedInput"/>) and nothing more is received.
/// </summary>
internal sealed class Inbound(WebSocketConnection connection, OutboundQueue outbound) : TransportHandler
{
    // Most bytes that are thrown away while the end of the peer's stream is awaited.
    private const int MaxDrainedBytes = 1024 * 1024;

    private OpeningHandshake? _handshake;
    private MessageReader? _reader; // While a message is read, or where one leaves something behind for the next.
    private ParkedInput? _parked;
    private TokenBucket _controlFrames;
    private int _drained;
    private int _holders = 1;

    /// <summary>Whether a handler is being waited for.</summary>
    public bool IsParked => Volatile.Read(ref _parked) is not null;

    /// <summary>The handshake, until it is done.</summary>
    public OpeningHandshake? Handshake => Volatile.Read(ref _handshake);

    /// <summary>Begins with the handshake.</summary>
    public void Begin(OpeningHandshake handshake) => _handshake = handshake;

    /// <summary>The handshake is done: messages follow.</summary>
    /// <param name="inflater">Unpacks them; null where compression was not agreed on.</param>
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
        Leave();
    }

    /// <summary>Handles everything in the input.</summary>
    /// <returns>False when a handler is not done and the rest was parked.</returns>
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

        // Draining: bounded, so that a peer that never ends is not read for ever.
        _drained += input.Length;
        if (_drained > MaxDrainedBytes)
            connection.Transport.Close();
        return true;
    }

    /// <summary>Reads the handshake.</summary>
    /// <returns>False when all input is used up.</returns>
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

    /// <summary>Reads and handles one message or control frame after the other.</summary>
    /// <returns>False when all input is used up; true when a handler's task is incomplete, or when nothing more is to be handled.</returns>
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
            // Whoever's fault it is, it costs this connection; behind a parked message no transport would hear of it.
            connection.OnHandlerFailed(e);
            pending = default;
            return true;
        }

        if (!reader.IsAtRest)
        {
            _reader = reader;
            return false;
        }

        _reader = null;
        MessageReader.Return(reader);
        return false;
    }

    /// <summary>Reads and handles the next message, control frame or short fragment.</summary>
    /// <returns>False when all input is used up.</returns>
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
                // Behind parked input there may be more in the socket, which was not read meanwhile.
                connection.OnCloseFrame(payload, nothingFollows: input.IsEmpty && !fromParked);
                return true;
            default:
                connection.Fail(reader.Violation, EndCause.Violation);
                return true;
        }
    }

    /// <summary>Counts a frame that brings the application nothing, and ends the connection of a peer that sends too many.</summary>
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

    /// <summary>After a close from this side, what is still under way is of no interest.</summary>
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
            Leave();
        }
        finally
        {
            batch.Exit();
        }
    }

    /// <summary>The last to leave, of the transport and a parked input, gives the reader's buffers back.</summary>
    private void Leave()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        _handshake?.Head.Release();
        _reader?.Release();
    }
}
