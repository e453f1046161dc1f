using System.Net;
using TPacket.Transports;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Connection;
using TPacket.WebSockets.Framing;
using TPacket.WebSockets.Handshake;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets;

/// <summary>
/// A WebSocket on a transport, a server's or a client's: reads the handshake and the messages and pushes them to a <see cref="WebSocketHandler"/>; sends
/// without blocking. Its public members are safe to call from any thread.
/// </summary>
/// <remarks>
/// This class is the connection's face and decides how it ends; <see cref="Inbound"/> reads, <see cref="OutboundQueue"/> writes.
/// </remarks>
public sealed class WebSocketConnection
{
    private readonly Heartbeat _heartbeat;
    private readonly OutboundQueue _outbound;
    private readonly Inbound _inbound;
    private readonly int _heartbeatSlot;
    private readonly bool _ownsHeartbeat;
    private ConnectionState _state;
    private Liveness _liveness;

    private WebSocketConnection(TransportConnection transport, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat, bool isClient, bool ownsHeartbeat)
    {
        Masks = isClient;
        _ownsHeartbeat = ownsHeartbeat;
        Transport = transport;
        Handler = handler;
        Options = options;
        _heartbeat = heartbeat;
        _outbound = new OutboundQueue(this);
        _inbound = new Inbound(this, _outbound);
        _liveness.Touch(heartbeat.Now);
        SetDeadline(options.HandshakeTimeout);
        handler.Connection = this;
        _heartbeatSlot = heartbeat.Add(this);
    }

    /// <summary>The peer's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint => Transport.RemoteEndPoint;

    /// <summary>This side's address, or null where the transport has none.</summary>
    public EndPoint? LocalEndPoint => Transport.LocalEndPoint;

    /// <summary>Whether messages can be sent.</summary>
    public bool IsOpen => Phase == ConnectionPhase.Open;

    /// <summary>Whether messages wait for a peer that reads slowly; <see cref="WebSocketHandler.OnDrained"/> follows when they are sent.</summary>
    public bool IsBlocked => _outbound.IsBlocked;

    /// <summary>
    /// Bytes of messages that wait for a peer that reads slowly; null where none do. For those who watch many connections: it takes no lock, and may be a moment old. <see cref="IsBlocked"/> is exact.
    /// </summary>
    public int? BacklogBytes => _outbound.BacklogBytes;

    /// <summary>The subprotocol that was agreed on, or null; known once the connection is open.</summary>
    public string? Subprotocol { get; private set; }

    /// <summary>Compresses messages that are the same for many connections; null where this one takes none of those.</summary>
    internal SharedCompression? SharedCompression { get; private set; }

    internal Heartbeat Heartbeat => _heartbeat;

    internal TransportConnection Transport { get; }

    internal WebSocketHandler Handler { get; }

    internal WebSocketOptions Options { get; }

    /// <summary>Whether this side is the client, whose frames are masked.</summary>
    internal bool Masks { get; }

    internal ConnectionPhase Phase => _state.Phase;

    /// <summary>How the end began, as far as it has.</summary>
    internal ConnectionEnd End => _state.End;

    /// <summary>Serves a connection that a listener has accepted, from its handshake on.</summary>
    /// <param name="transport">The accepted connection, not started; the WebSocket owns it from here.</param>
    /// <param name="handler">Receives what happens; serves one connection.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="heartbeat">The server's timer.</param>
    public static WebSocketConnection Accept(TransportConnection transport, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat) =>
        Accept(transport, handler, options, heartbeat, TimeSpan.Zero);

    /// <summary>Serves a connection that has waited since it was accepted, as for a proxy's header.</summary>
    /// <param name="transport">The accepted connection, not started; the WebSocket owns it from here.</param>
    /// <param name="handler">Receives what happens; serves one connection.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="heartbeat">The server's timer.</param>
    /// <param name="waited">How much of <see cref="WebSocketOptions.HandshakeTimeout"/> is over.</param>
    public static WebSocketConnection Accept(TransportConnection transport, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat, TimeSpan waited)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(heartbeat);
        var connection = new WebSocketConnection(transport, handler, options, heartbeat, isClient: false, ownsHeartbeat: false);
        if (waited > TimeSpan.Zero)
            connection.SetDeadline(options.HandshakeTimeout - waited);
        connection._inbound.Begin(new ServerHandshake(connection, handler, options));
        transport.Start(connection._inbound);
        return connection;
    }

    /// <summary>Serves a connection that an HTTP server has upgraded. Messages can be sent when this returns; none is received before.</summary>
    /// <param name="transport">The connection behind the server's answer, not started, which takes bytes already; the WebSocket owns it from here.</param>
    /// <param name="acceptance">The server's answer.</param>
    /// <param name="handler">Receives what happens, from <see cref="WebSocketHandler.OnOpen"/> on; serves one connection.</param>
    /// <param name="options">Limits and deadlines; those that the acceptance was made with.</param>
    /// <param name="heartbeat">The server's timer.</param>
    internal static WebSocketConnection Accept(
        TransportConnection transport, UpgradeAcceptance acceptance, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(acceptance);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(heartbeat);
        var connection = new WebSocketConnection(transport, handler, options, heartbeat, isClient: false, ownsHeartbeat: false);
        connection.Open([], acceptance.Agreement);
        transport.Start(connection._inbound);
        return connection;
    }

    /// <summary>Opens a connection to a server.</summary>
    /// <param name="transport">The connection, not started; the WebSocket owns it from here.</param>
    /// <param name="opening">What is asked for, or was answered, and who waits for it.</param>
    /// <param name="handler">Receives what happens; serves one connection.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="heartbeat">The client's timer.</param>
    /// <param name="ownsHeartbeat">Whether it ends with the connection.</param>
    internal static WebSocketConnection Connect(
        TransportConnection transport, ClientOpening opening, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat, bool ownsHeartbeat)
    {
        var connection = new WebSocketConnection(transport, handler, options, heartbeat, isClient: true, ownsHeartbeat);
        var handshake = new ClientHandshake(connection, handler, options, opening);
        connection._inbound.Begin(handshake);
        if (opening.Answer is { } answer)
            handshake.Conclude(answer.Status, answer.Response, answer.Agreement, answer.Violation);
        transport.Start(connection._inbound);
        if (opening.Request.Length > 0)
            connection._outbound.SendRaw(opening.Request.Span);
        return connection;
    }

    /// <summary>Queues a message; never blocks. It leaves at once, or at the end of the batch that this thread or the connection's event loop handles.</summary>
    /// <returns>False when the connection takes nothing more: it is closing, or its peer reads too slowly.</returns>
    public bool Send(MessageType type, ReadOnlySpan<byte> payload) => IsOpen && _outbound.Send((Opcode)type, [], payload);

    /// <summary>Queues a message if there is room for it; never blocks, and never ends the connection of a peer that reads slowly.</summary>
    public SendStatus TrySend(MessageType type, ReadOnlySpan<byte> payload) => IsOpen ? _outbound.TrySend((Opcode)type, payload) : SendStatus.Closed;

    /// <summary>Queues a binary message that is given in two parts.</summary>
    /// <inheritdoc cref="Send(MessageType, ReadOnlySpan{byte})"/>
    public bool Send(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => IsOpen && _outbound.Send(Opcode.Binary, head, body);

    /// <summary>Queues finished frames, by reference. For servers: a client masks each frame with a key of its own (RFC 6455, section 5.3).</summary>
    /// <param name="frames">Where they lie; retained for as long as it is needed.</param>
    /// <param name="start">Their first byte.</param>
    /// <param name="length">Their length in bytes; whole frames.</param>
    /// <param name="messages">How many messages they are.</param>
    /// <param name="counted">Whether they count for the bounds of the outbound queue.</param>
    /// <exception cref="InvalidOperationException">The connection is a client's.</exception>
    /// <inheritdoc cref="Send(MessageType, ReadOnlySpan{byte})"/>
    internal bool Send(FrameBuffer frames, int start, int length, int messages, bool counted = true)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (Masks)
            throw new InvalidOperationException("A client's frames cannot be shared.");
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
        if (Phase == ConnectionPhase.Handshake && _state.TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Draining))
        {
            _state.SetEnd(EndCause.ClosedHere, status, reason);
            Transport.Close();
            return;
        }

        using (_outbound.Enter())
        {
            if (!_state.TryAdvance(ConnectionPhase.Open, ConnectionPhase.Closing))
                return;
            _state.SetEnd(EndCause.ClosedHere, status, reason);
            SetDeadline(Options.CloseTimeout);
            SendClose(status, reason);
        }
    }

    /// <summary>
    /// Whether the peer has missed a deadline: it has passed, and what had arrived by then was read. Where input still lies in the socket, because the event loop or the thread pool was held up, the
    /// peer is given until that is read. For <see cref="WebSocketHandler.OnTick"/>, from its thread, and for one deadline at a time.
    /// </summary>
    /// <param name="deadline">The deadline, in milliseconds of the heartbeat.</param>
    /// <param name="now">The heartbeat's time.</param>
    public bool HasMissed(long deadline, long now) => now >= deadline && _liveness.HasHadItsChance(deadline, now, HasUnreadInput);

    /// <summary>Releases the connection without a close frame; what is queued is dropped.</summary>
    public void Abort()
    {
        // A stream that is cut must not look like one that has ended; and the system holds nothing for a peer that does not read.
        var cut = _outbound.Release();
        Drop(EndCause.Aborted, "aborted", reset: cut);
    }

    /// <summary>Bytes have arrived, or are handled after a wait: the peer is alive.</summary>
    internal void Touch() => _liveness.Touch(_heartbeat.Now);

    /// <summary>The upgrade is agreed on: messages flow.</summary>
    /// <param name="head">A server's answer.</param>
    /// <param name="agreement">What was agreed on.</param>
    /// <returns>False when the connection was ended meanwhile.</returns>
    internal bool Open(ReadOnlySpan<byte> head, UpgradeAgreement agreement)
    {
        Subprotocol = agreement.Subprotocol;
        var deadline = _liveness.Deadline;
        // A close from another thread follows the head, or begins the end before it.
        using (_outbound.Enter())
        {
            if (!_state.TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Open))
                return false;
            if (agreement.Compression is { } parameters)
                Compress(parameters, Options.Compression!);
            _inbound.Open(agreement.Compression?.CreateInflater(isServer: !Masks));
            if (!head.IsEmpty)
                _outbound.SendRaw(head);
        }

        _liveness.LiftDeadline(deadline);
        try
        {
            Handler.OnOpen();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnHandlerFailed(e);
        }

        return true;
    }

    /// <summary>The transport was released, or is to be, without a word to the peer.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="reason">For people.</param>
    /// <param name="reset">Whether the system drops what it has not sent yet.</param>
    internal void Drop(EndCause cause, string reason, bool reset = false)
    {
        _state.SetEnd(cause, CloseStatus.AbnormalClosure, reason);
        _state.Advance(ConnectionPhase.Draining);
        if (reset)
            Transport.Abort();
        else
            Transport.Close();
    }

    /// <summary>The peer sends nothing more: what is queued is still sent.</summary>
    internal void OnEndOfInput()
    {
        _state.SetEnd(EndCause.EndOfStream, CloseStatus.AbnormalClosure, "stream ended");
        _state.Advance(ConnectionPhase.Draining);
        SetDeadline(Options.CloseTimeout);
        _outbound.FinishWith(OutboundQueue.Finish.Close);
    }

    /// <summary>The transport is gone.</summary>
    internal void OnTransportClosed(Exception? error)
    {
        var cause = error switch
        {
            null => EndCause.Aborted,
            // No handshake has begun: it ends as a plain connection does.
            TlsHandshakeException { IsBeforeFirstByte: true, InnerException: null } => EndCause.EndOfStream,
            TlsHandshakeException { IsBeforeFirstByte: true } => EndCause.TransportFailed,
            TlsHandshakeException => EndCause.TlsFailed,
            _ => EndCause.TransportFailed,
        };
        _state.SetEnd(cause, CloseStatus.AbnormalClosure, error?.Message ?? "released");
        _state.Advance(ConnectionPhase.Closed);
        _heartbeat.Remove(_heartbeatSlot);
        if (_ownsHeartbeat)
            _heartbeat.Dispose();
        _outbound.Release();
        _inbound.Handshake?.OnEnded(_state.End, error);
        try
        {
            Handler.OnClosed(_state.End);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nothing is left that it could cost.
            Report(e);
        }
    }

    internal void Tick(long now)
    {
        var deadline = _liveness.Deadline;
        if (now >= deadline)
            ExpireIfMissed(deadline, now);
        else if (Phase == ConnectionPhase.Open && !_inbound.IsParked)
            KeepAlive(now);
        try
        {
            _outbound.ForgetWhenIdle(now);
            Handler.OnTick(now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnTickFailed(e);
        }
    }

    internal void OnCloseFrame(ReadOnlySpan<byte> payload, bool nothingFollows)
    {
        ClosePayload.TryRead(payload, out var status, out _);
        _state.SetEnd(EndCause.ClosedByPeer, status, ClosePayload.Reason(payload));
        _state.Advance(ConnectionPhase.Draining);
        SetDeadline(Options.CloseTimeout);
        // The echo of section 5.5.1, unless this side closed first.
        _outbound.SendClose(payload.Length > 2 ? payload[..2] : payload);
        // A server ends the TCP connection, a client waits for that (section 7.1.1). With unread input in the socket a release would become a reset, which may cost the peer the echo.
        _outbound.FinishWith(Masks ? OutboundQueue.Finish.None : nothingFollows ? OutboundQueue.Finish.Close : OutboundQueue.Finish.Shutdown);
    }

    internal void Fail(Violation violation, EndCause cause)
    {
        _state.SetEnd(cause, violation.Status, violation.Reason);
        _state.Advance(ConnectionPhase.Draining);
        SetDeadline(Options.CloseTimeout);
        SendClose(violation.Status, violation.Reason);
        _outbound.FinishWith(OutboundQueue.Finish.Shutdown);
    }

    internal void Refuse(HttpRefusal refusal, EndCause cause)
    {
        if (!_state.TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Draining))
            return;
        _state.SetEnd(cause, CloseStatus.AbnormalClosure, $"{refusal.StatusCode} {refusal.Text}");
        SetDeadline(Options.CloseTimeout);
        _outbound.SendRaw(UpgradeResponseWriter.Refused(refusal, _heartbeat.UtcNow));
        _outbound.FinishWith(OutboundQueue.Finish.Shutdown);
    }

    /// <summary>A server's handshake has taken too long. A peer that cannot be told so, as before the end of its TLS handshake, is given no more time for that.</summary>
    internal void RefuseForTime(HttpRefusal refusal)
    {
        Refuse(refusal, EndCause.HandshakeTimeout);
        if (_outbound.IsBlocked)
            Transport.Close();
    }

    /// <summary>The outbound queue is full: the peer reads too slowly.</summary>
    internal void OnCondemned()
    {
        if (Options.SlowConsumerPolicy == SlowConsumerPolicy.Disconnect)
        {
            Fail(Violations.SlowConsumer, EndCause.SlowConsumer);
            return;
        }

        _outbound.Release();
        Drop(EndCause.SlowConsumer, Violations.SlowConsumer.Reason, reset: true);
    }

    /// <summary>A send has found the transport gone.</summary>
    internal void OnSendFailed()
    {
        _state.SetEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, "sending failed");
        _state.Advance(ConnectionPhase.Draining);
    }

    /// <summary>Everything that a full socket has made wait is sent.</summary>
    internal void OnDrained()
    {
        try
        {
            Handler.OnDrained();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            OnHandlerFailed(e);
        }
    }

    /// <summary>The handler has thrown: it is told, and the connection is closed with 1011.</summary>
    internal void OnHandlerFailed(Exception error)
    {
        Report(error);
        Fail(Violations.HandlerFailed, EndCause.ClosedHere);
    }

    /// <summary>Tells the handler what it has thrown, so that no exception is lost without a trace.</summary>
    internal void Report(Exception error)
    {
        try
        {
            Handler.OnFailed(error);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The handler cannot even be told.
        }
    }

    /// <summary>One handler's exception must not cost every other connection its heartbeat.</summary>
    private void OnTickFailed(Exception error)
    {
        Report(error);
        switch (Phase)
        {
            case ConnectionPhase.Handshake:
                _inbound.Handshake?.Fail();
                break;
            case ConnectionPhase.Open:
                Fail(Violations.HandlerFailed, EndCause.ClosedHere);
                break;
        }
    }

    private void ExpireIfMissed(long deadline, long now)
    {
        if (!HasMissed(deadline, now))
            return;
        switch (Phase)
        {
            case ConnectionPhase.Handshake:
                _inbound.Handshake?.Expire();
                break;
            case ConnectionPhase.Open:
                break; // Opened at the last moment; the deadline is about to be lifted.
            default:
                // What the peer has not taken in all this time would stay with the system for minutes.
                Transport.Abort();
                break;
        }
    }

    private void KeepAlive(long now)
    {
        switch (_liveness.Judge(now, Options))
        {
            case PeerSilence.TooLong when !HasUnreadInput:
                Drop(EndCause.PongTimeout, "no pong", reset: true);
                break;
            case PeerSilence.Ask:
                _outbound.SendControl(Opcode.Ping, []);
                break;
        }
    }

    // What waits behind a handler is not received by its own will.
    private bool HasUnreadInput => !_inbound.IsParked && Transport.HasUnreadInput;

    private void Compress(DeflateParameters parameters, DeflateOptions options)
    {
        var deflater = parameters.CreateDeflater(isServer: !Masks, options.CompressionLevel);
        _outbound.Compress(new MessageDeflater(deflater, options.MinimumLength, Options.PingAfterIdle, _heartbeat));
        if (!Masks && !parameters.ServerContextTakeover)
            SharedCompression = SharedCompression.For(parameters.ServerMaxWindowBits, options);
    }

    private void SendClose(CloseStatus status, string reason)
    {
        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        _outbound.SendClose(payload[..ClosePayload.Write(payload, status, reason)]);
    }

    private void SetDeadline(TimeSpan timeout) => _liveness.SetDeadline(_heartbeat.PreciseNow + (long)timeout.TotalMilliseconds);
}
