using System.Net;
using TPacket.Transports;
using TPacket.WebSockets.Connection;
using TPacket.WebSockets.Framing;
using TPacket.WebSockets.Handshake;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets;

/// <summary>
/// A WebSocket on a transport, in the server's role: reads the handshake and the messages and pushes them to a <see cref="WebSocketHandler"/>; sends
/// without blocking. Its public members are safe to call from any thread.
/// </summary>
/// <remarks>
/// While a handler's task is incomplete, what has arrived behind its message waits (<see cref="ParkedInput"/>) and nothing more is received.
/// </remarks>
public sealed class WebSocketConnection
{
    // Most bytes that are thrown away while the end of the peer's stream is awaited.
    private const int MaxDrainedBytes = 1024 * 1024;
    private const int AcceptedHeadLength = 192;

    private readonly TransportConnection _transport;
    private readonly WebSocketHandler _handler;
    private readonly WebSocketOptions _options;
    private readonly Heartbeat _heartbeat;
    private readonly OutboundQueue _outbound;
    private readonly int _heartbeatSlot;
    private MessageAssembler _head;
    private MessageReader? _reader;
    private ParkedInput? _parked;
    private int _phase;
    private int _drained;
    private int _holders = 1;
    private long _deadline;
    private long _lastReceived;
    private long _pingSent;
    private int _endCause;
    private CloseStatus _endStatus = CloseStatus.AbnormalClosure;
    private string _endReason = "";

    private WebSocketConnection(TransportConnection transport, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat)
    {
        _transport = transport;
        _handler = handler;
        _options = options;
        _heartbeat = heartbeat;
        _outbound = new OutboundQueue(transport, options, OnCondemned, OnSendFailed);
        _lastReceived = heartbeat.Now;
        SetDeadline(options.HandshakeTimeout);
        handler.Connection = this;
        _heartbeatSlot = heartbeat.Add(this);
    }

    /// <summary>The peer's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>This side's address, or null where the transport has none.</summary>
    public EndPoint? LocalEndPoint => _transport.LocalEndPoint;

    /// <summary>Whether messages can be sent.</summary>
    public bool IsOpen => Phase == ConnectionPhase.Open;

    private ConnectionPhase Phase => (ConnectionPhase)Volatile.Read(ref _phase);

    /// <summary>Serves a connection that a listener has accepted, from its handshake on.</summary>
    /// <param name="transport">The accepted connection, not started; the WebSocket owns it from here.</param>
    /// <param name="handler">Receives what happens; serves one connection.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="heartbeat">The server's timer.</param>
    public static WebSocketConnection Accept(TransportConnection transport, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(heartbeat);
        var connection = new WebSocketConnection(transport, handler, options, heartbeat);
        transport.Start(new Receiver(connection));
        return connection;
    }

    /// <summary>Queues a message; never blocks. It leaves at once, or at the end of the batch that this thread handles.</summary>
    /// <returns>False when the connection takes nothing more: it is closing, or its peer reads too slowly.</returns>
    public bool Send(MessageType type, ReadOnlySpan<byte> payload) => IsOpen && _outbound.Send((Opcode)type, payload, []);

    /// <summary>Queues a binary message that is given in two parts.</summary>
    /// <inheritdoc cref="Send(MessageType, ReadOnlySpan{byte})"/>
    public bool Send(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => IsOpen && _outbound.Send(Opcode.Binary, head, body);

    /// <summary>Queues finished frames, by reference.</summary>
    /// <param name="frames">Where they lie; retained for as long as it is needed.</param>
    /// <param name="start">Their first byte.</param>
    /// <param name="length">Their length in bytes; whole frames.</param>
    /// <param name="messages">How many messages they are.</param>
    /// <param name="counted">Whether they count for the bounds of the outbound queue.</param>
    /// <inheritdoc cref="Send(MessageType, ReadOnlySpan{byte})"/>
    public bool Send(FrameBuffer frames, int start, int length, int messages, bool counted = true)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return IsOpen && _outbound.Send(frames, start, length, messages, counted);
    }

    /// <summary>
    /// Begins the closing handshake (RFC 6455, section 7.1.2): what is queued is sent, then a close frame, and nothing more. The connection ends when the peer
    /// has answered or the close timeout is over. One whose handshake is not done is released at once. Does nothing on a connection that is closing already.
    /// </summary>
    /// <param name="status">A status that may be sent: 1000 to 1003, 1007 to 1014, 3000 to 4999.</param>
    /// <param name="reason">For people; cut at 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status may not be sent.</exception>
    public void Close(CloseStatus status, string reason = "")
    {
        if (!ClosePayload.IsSendable(status))
            throw new ArgumentOutOfRangeException(nameof(status), status, "This status may not be sent in a close frame.");
        if (Phase == ConnectionPhase.Handshake && TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Draining))
        {
            SetEnd(EndCause.ClosedHere, status, reason);
            _transport.Close();
            return;
        }

        lock (_outbound)
        {
            if (!TryAdvance(ConnectionPhase.Open, ConnectionPhase.Closing))
                return;
            SetEnd(EndCause.ClosedHere, status, reason);
            SetDeadline(_options.CloseTimeout);
            SendClose(status, reason);
        }
    }

    /// <summary>Releases the connection without a close frame; what is queued is dropped.</summary>
    public void Abort()
    {
        SetEnd(EndCause.Aborted, CloseStatus.AbnormalClosure, "aborted");
        Advance(ConnectionPhase.Draining);
        _outbound.Release();
        _transport.Close();
    }

    internal void Tick(long now)
    {
        if (now >= Volatile.Read(ref _deadline))
            Expire();
        else if (Phase == ConnectionPhase.Open && _parked is null)
            KeepAlive(now);
        try
        {
            _handler.OnTick(now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnTickFailed();
        }
    }

    /// <summary>Handles everything in the input.</summary>
    /// <returns>False when a handler is not done and the rest was parked.</returns>
    private bool Process(Span<byte> input, ParkedInput? parked)
    {
        while (Phase < ConnectionPhase.Draining)
        {
            ValueTask pending;
            if (_reader is null)
            {
                if (!TryUpgrade(ref input, out pending))
                    return true;
            }
            else if (!TryReadNext(_reader, ref input, out pending))
            {
                return true;
            }

            if (pending.IsCompletedSuccessfully)
                continue;
            Park(pending, input, parked);
            return false;
        }

        // Draining: bounded, so that a peer that never ends is not read for ever.
        _drained += input.Length;
        if (_drained > MaxDrainedBytes)
            _transport.Close();
        return true;
    }

    /// <summary>Reads the handshake.</summary>
    /// <returns>False when all input is used up.</returns>
    private bool TryUpgrade(ref Span<byte> input, out ValueTask pending)
    {
        pending = default;
        var collected = _head.Length;
        var taken = input[..Math.Min(input.Length, _options.MaxRequestHeadLength - collected)];
        ReadOnlySpan<byte> source = collected == 0 ? taken : _head.Complete(taken, _options.MaxRequestHeadLength);
        var status = UpgradeRequestReader.TryRead(
            source, _options.MaxRequestHeadLength, _options.MaxRequestHeaders, out var request, out var consumed, out var refusal);
        if (status == UpgradeReadStatus.NeedMore)
        {
            if (collected == 0)
                _head.Append(taken, _options.MaxRequestHeadLength);
            return false;
        }

        _head.Release();
        input = status == UpgradeReadStatus.Done ? input[(consumed - collected)..] : input[taken.Length..];
        switch (status)
        {
            case UpgradeReadStatus.Done:
                pending = Decide(request!);
                return true;
            case UpgradeReadStatus.Tls:
                SetEnd(EndCause.TlsOnPlainPort, CloseStatus.AbnormalClosure, "TLS on a plain port");
                Advance(ConnectionPhase.Draining);
                _transport.Close();
                return true;
            default:
                Refuse(refusal!, EndCause.HandshakeRefused);
                return true;
        }
    }

    private ValueTask Decide(UpgradeRequest request)
    {
        try
        {
            var decision = _handler.OnUpgrade(request);
            if (!decision.IsCompletedSuccessfully)
                return DecideSlow(decision, request);
            Apply(decision.Result, request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Refuse(HttpRefusal.PolicyFailed, EndCause.HandshakeRefused);
        }

        return default;
    }

    private async ValueTask DecideSlow(ValueTask<UpgradeDecision> decision, UpgradeRequest request)
    {
        try
        {
            Apply(await decision.ConfigureAwait(false), request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Refuse(HttpRefusal.PolicyFailed, EndCause.HandshakeRefused);
        }
    }

    private void Apply(UpgradeDecision decision, UpgradeRequest request)
    {
        if (decision.Refusal is not null)
        {
            Refuse(decision.Refusal, EndCause.HandshakeRefused);
            return;
        }

        Span<byte> head = stackalloc byte[AcceptedHeadLength + (decision.Subprotocol?.Length ?? 0)];
        head = head[..UpgradeResponse.WriteAccepted(head, request.Key, decision.Subprotocol)];
        _reader = new MessageReader(expectMasked: true, _options.MaxMessageLength);
        var deadline = Volatile.Read(ref _deadline);
        // A close from another thread follows the head, or begins the end before it.
        lock (_outbound)
        {
            if (!TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Open))
                return;
            _outbound.SendRaw(head);
        }

        Interlocked.CompareExchange(ref _deadline, long.MaxValue, deadline);
        try
        {
            _handler.OnOpen();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(Violations.HandlerFailed, EndCause.ClosedHere);
        }
    }

    /// <summary>Reads and handles the next message or control frame.</summary>
    /// <returns>False when all input is used up.</returns>
    private bool TryReadNext(MessageReader reader, ref Span<byte> input, out ValueTask pending)
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
                _outbound.SendControl(Opcode.Pong, payload);
                return true;
            case ReadResult.Pong:
                return true;
            case ReadResult.Close:
                OnCloseFrame(payload, nothingFollows: input.IsEmpty);
                return true;
            default:
                Fail(reader.Violation, EndCause.Violation);
                return true;
        }
    }

    private ValueTask Deliver(MessageType type, ReadOnlySpan<byte> payload)
    {
        // After a close from this side, what is still under way is of no interest.
        if (Phase != ConnectionPhase.Open)
            return default;
        try
        {
            return _handler.OnMessage(type, payload);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ValueTask.FromException(e);
        }
    }

    private void OnCloseFrame(ReadOnlySpan<byte> payload, bool nothingFollows)
    {
        ClosePayload.TryRead(payload, out var status, out _);
        SetEnd(EndCause.ClosedByPeer, status, ClosePayload.Reason(payload));
        Advance(ConnectionPhase.Draining);
        SetDeadline(_options.CloseTimeout);
        // The echo of section 5.5.1, unless this side closed first.
        _outbound.SendClose(payload.Length > 2 ? payload[..2] : payload);
        // With unread input in the socket a release would become a reset, which may cost the peer the echo.
        _outbound.FinishWith(nothingFollows ? OutboundQueue.Finish.Close : OutboundQueue.Finish.Shutdown);
    }

    private void Fail(Violation violation, EndCause cause)
    {
        SetEnd(cause, violation.Status, violation.Reason);
        Advance(ConnectionPhase.Draining);
        SetDeadline(_options.CloseTimeout);
        SendClose(violation.Status, violation.Reason);
        _outbound.FinishWith(OutboundQueue.Finish.Shutdown);
    }

    private void Refuse(HttpRefusal refusal, EndCause cause)
    {
        if (!TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Draining))
            return;
        SetEnd(cause, CloseStatus.AbnormalClosure, $"{refusal.StatusCode} {refusal.Text}");
        SetDeadline(_options.CloseTimeout);
        _outbound.SendRaw(UpgradeResponse.Refused(refusal));
        _outbound.FinishWith(OutboundQueue.Finish.Shutdown);
    }

    private void OnCondemned()
    {
        if (_options.SlowConsumerPolicy == SlowConsumerPolicy.Disconnect)
        {
            Fail(Violations.SlowConsumer, EndCause.SlowConsumer);
            return;
        }

        SetEnd(EndCause.SlowConsumer, CloseStatus.AbnormalClosure, Violations.SlowConsumer.Reason);
        Advance(ConnectionPhase.Draining);
        _outbound.Release();
        _transport.Close();
    }

    private void OnSendFailed()
    {
        SetEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, "sending failed");
        Advance(ConnectionPhase.Draining);
    }

    /// <summary>One handler's exception must not cost every other connection its heartbeat.</summary>
    private void OnTickFailed()
    {
        switch (Phase)
        {
            case ConnectionPhase.Handshake:
                Refuse(HttpRefusal.PolicyFailed, EndCause.HandshakeRefused);
                break;
            case ConnectionPhase.Open:
                Fail(Violations.HandlerFailed, EndCause.ClosedHere);
                break;
        }
    }

    private void Expire()
    {
        switch (Phase)
        {
            case ConnectionPhase.Handshake:
                Refuse(HttpRefusal.TimedOut, EndCause.HandshakeTimeout);
                break;
            case ConnectionPhase.Open:
                break; // Opened at the last moment; the deadline is about to be lifted.
            default:
                _transport.Close();
                break;
        }
    }

    private void KeepAlive(long now)
    {
        var last = Volatile.Read(ref _lastReceived);
        if (_pingSent > last)
        {
            if (now - _pingSent < (long)_options.PongTimeout.TotalMilliseconds)
                return;
            SetEnd(EndCause.PongTimeout, CloseStatus.AbnormalClosure, "no pong");
            Advance(ConnectionPhase.Draining);
            _transport.Close();
        }
        else if (now - last >= (long)_options.PingAfterIdle.TotalMilliseconds)
        {
            _pingSent = now;
            _outbound.SendControl(Opcode.Ping, []);
        }
    }

    private void Park(ValueTask pending, Span<byte> rest, ParkedInput? parked)
    {
        if (parked is null)
        {
            _transport.PauseReceiving();
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
            Fail(Violations.HandlerFailed, EndCause.ClosedHere);
        }

        _parked = null;
        Unpark(parked);
    }

    private void Unpark(ParkedInput parked)
    {
        var batch = FlushBatch.Enter();
        try
        {
            _lastReceived = _heartbeat.Now;
            if (!Process(parked.Rest, parked))
                return;
            parked.Release();
            _transport.ResumeReceiving();
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
        _head.Release();
        _reader?.Release();
    }

    private void SendClose(CloseStatus status, string reason)
    {
        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        _outbound.SendClose(payload[..ClosePayload.Write(payload, status, reason)]);
    }

    /// <summary>Records how the end began; what comes later is its consequence.</summary>
    private void SetEnd(EndCause cause, CloseStatus status, string reason)
    {
        if (Interlocked.CompareExchange(ref _endCause, (int)cause, (int)EndCause.None) != (int)EndCause.None)
            return;
        _endStatus = status;
        _endReason = reason;
    }

    private bool TryAdvance(ConnectionPhase from, ConnectionPhase to) =>
        Interlocked.CompareExchange(ref _phase, (int)to, (int)from) == (int)from;

    private void Advance(ConnectionPhase to)
    {
        var now = Volatile.Read(ref _phase);
        while (now < (int)to)
        {
            var before = Interlocked.CompareExchange(ref _phase, (int)to, now);
            if (before == now)
                return;
            now = before;
        }
    }

    private void SetDeadline(TimeSpan timeout) =>
        Volatile.Write(ref _deadline, _heartbeat.PreciseNow + (long)timeout.TotalMilliseconds);

    /// <summary>What the transport reports.</summary>
    private sealed class Receiver(WebSocketConnection connection) : TransportHandler
    {
        public override void OnReceived(Span<byte> bytes)
        {
            connection._lastReceived = connection._heartbeat.Now;
            connection.Process(bytes, parked: null);
        }

        public override void OnEndOfInput()
        {
            connection.SetEnd(EndCause.EndOfStream, CloseStatus.AbnormalClosure, "stream ended");
            connection.Advance(ConnectionPhase.Draining);
            connection.SetDeadline(connection._options.CloseTimeout);
            connection._outbound.FinishWith(OutboundQueue.Finish.Close);
        }

        public override void OnWritable() => connection._outbound.OnWritable();

        public override void OnClosed(Exception? error)
        {
            connection.SetEnd(error is null ? EndCause.Aborted : EndCause.TransportFailed, CloseStatus.AbnormalClosure, error?.Message ?? "released");
            connection.Advance(ConnectionPhase.Closed);
            connection._heartbeat.Remove(connection._heartbeatSlot);
            connection._outbound.Release();
            connection.Leave();
            connection._handler.OnClosed(new ConnectionEnd((EndCause)connection._endCause, connection._endStatus, connection._endReason));
        }
    }
}
