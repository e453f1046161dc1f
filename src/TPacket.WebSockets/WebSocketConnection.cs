using System.Net;
using TPacket.Transports;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Connection;
using TPacket.WebSockets.Framing;
using TPacket.WebSockets.Handshake;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets;

/// <summary>
/// A WebSocket connection of a server or a client. It reads the handshake and the messages from a transport and calls a <see cref="WebSocketHandler"/>; it sends without blocking. All public members
/// are thread-safe.
/// </summary>
/// <remarks>
/// This class has the public API and moves the connection through its phases to its end. <see cref="Inbound"/> reads, <see cref="OutboundQueue"/> writes, <see cref="Liveness"/> checks deadlines.
/// </remarks>
public sealed class WebSocketConnection
{
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
        Heartbeat = heartbeat;
        _outbound = new OutboundQueue(this);
        _inbound = new Inbound(this, _outbound);
        _liveness.Touch(heartbeat.Now);
        SetDeadline(options.HandshakeTimeout);
        handler.Connection = this;
        _heartbeatSlot = heartbeat.Add(this);
    }

    /// <summary>Address of the peer; null if the transport has none.</summary>
    public EndPoint? RemoteEndPoint => Transport.RemoteEndPoint;

    /// <summary>Address of this side; null if the transport has none.</summary>
    public EndPoint? LocalEndPoint => Transport.LocalEndPoint;

    /// <summary>Whether messages can be sent: the handshake is complete and neither side has begun to close.</summary>
    public bool IsOpen => Phase == ConnectionPhase.Open;

    /// <summary>Whether messages wait because the peer reads slowly. <see cref="WebSocketHandler.OnDrained"/> follows when they have been written.</summary>
    public bool IsBlocked => _outbound.IsBlocked;

    /// <summary>
    /// Number of message bytes that wait because the peer reads slowly; null if none wait. Takes no lock, so monitoring code can read it from many connections; the value may be outdated.
    /// <see cref="IsBlocked"/> is exact.
    /// </summary>
    public int? BacklogBytes => _outbound.BacklogBytes;

    /// <summary>The negotiated subprotocol; null if there is none or the connection is not open yet.</summary>
    public string? Subprotocol { get; private set; }

    /// <summary>Compresses messages for all connections with the same parameters; null if this connection cannot receive shared compressed messages.</summary>
    internal SharedCompression? SharedCompression { get; private set; }

    internal Heartbeat Heartbeat { get; }

    internal TransportConnection Transport { get; }

    internal WebSocketHandler Handler { get; }

    internal WebSocketOptions Options { get; }

    /// <summary>Whether this side is the client, which masks its frames (RFC 6455, section 5.3).</summary>
    internal bool Masks { get; }

    internal ConnectionPhase Phase => _state.Phase;

    /// <summary>How the connection ended, as far as known.</summary>
    internal ConnectionEnd End => _state.End;

    /// <summary>Whether the connection waits for the task of a handler's method, and reads nothing from the peer.</summary>
    internal bool IsParked => _inbound.IsParked;

    /// <summary>Whether the socket has unread input. False while input is parked, because then the handler delays the reading, and not the event loop.</summary>
    internal bool HasUnreadInput => !_inbound.IsParked && Transport.HasUnreadInput;

    private GuardedHandler Guarded => new(Handler);

    /// <summary>Serves a connection that a listener has accepted, beginning with the handshake.</summary>
    /// <param name="transport">The accepted connection, not started. The WebSocket takes ownership of it.</param>
    /// <param name="handler">The handler of this connection; a handler serves one connection only.</param>
    /// <param name="options">Limits and timeouts.</param>
    /// <param name="heartbeat">The server's timer.</param>
    /// <param name="waited">Time since the accept, for example to read a PROXY header; it counts towards <see cref="WebSocketOptions.HandshakeTimeout"/>.</param>
    public static WebSocketConnection Accept(
        TransportConnection transport, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat, TimeSpan waited = default)
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

    /// <summary>Serves a connection that an HTTP server has upgraded. Messages can be sent when this method returns; none is received earlier.</summary>
    /// <param name="transport">The connection after the server's response, not started, which accepts bytes already. The WebSocket takes ownership of it.</param>
    /// <param name="acceptance">The server's response.</param>
    /// <param name="handler">The handler of this connection, called from <see cref="WebSocketHandler.OnOpen"/> on.</param>
    /// <param name="options">The options that <paramref name="acceptance"/> was created with.</param>
    /// <param name="heartbeat">The server's timer.</param>
    internal static WebSocketConnection Accept(
        TransportConnection transport, UpgradeAcceptance acceptance, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat)
    {
        var connection = new WebSocketConnection(transport, handler, options, heartbeat, isClient: false, ownsHeartbeat: false);
        connection.Open([], acceptance.Agreement);
        transport.Start(connection._inbound);
        return connection;
    }

    /// <summary>Opens a connection to a server on a transport that is not started, and takes ownership of the transport.</summary>
    internal static WebSocketConnection Connect(
        TransportConnection transport, ClientOpening opening, WebSocketHandler handler, WebSocketOptions options, Heartbeat heartbeat, bool ownsHeartbeat)
    {
        var connection = new WebSocketConnection(transport, handler, options, heartbeat, isClient: true, ownsHeartbeat);
        var handshake = new ClientHandshake(connection, handler, options, opening);
        connection._inbound.Begin(handshake);
        if (opening.Answer is { } answer)
            handshake.Complete(answer.Status, answer.Response, answer.Agreement, answer.Violation);
        transport.Start(connection._inbound);
        if (opening.Request.Length > 0)
            connection._outbound.SendRaw(opening.Request.Span);
        return connection;
    }

    /// <summary>
    /// Queues a message without blocking. The queue writes it at once, or at the end of the batch that the calling thread or the connection's event loop handles. If the queue is full, the connection
    /// ends in the way of <see cref="WebSocketOptions.SlowConsumerPolicy"/>.
    /// </summary>
    /// <param name="type">Text, which must be valid UTF-8, or binary.</param>
    /// <param name="payload">The message, which is copied or written before the method returns.</param>
    /// <returns>False if the message was not queued: the connection is not open, or the queue is full.</returns>
    public bool Send(MessageType type, ReadOnlySpan<byte> payload) => IsOpen && _outbound.Send((Opcode)type, [], payload);

    /// <summary>Queues a message without blocking, if the queue has room for it. A full queue does not end the connection.</summary>
    /// <param name="type">Text, which must be valid UTF-8, or binary.</param>
    /// <param name="payload">The message, which is copied or written before the method returns.</param>
    /// <returns>Whether the message was queued, or the reason why it was not.</returns>
    public SendStatus TrySend(MessageType type, ReadOnlySpan<byte> payload) => IsOpen ? _outbound.TrySend((Opcode)type, payload) : SendStatus.Closed;

    /// <summary>Queues a binary message that consists of two parts.</summary>
    /// <param name="head">The first part, which is copied or written before the method returns.</param>
    /// <param name="body">The second part, which is also copied or written before the method returns.</param>
    /// <inheritdoc cref="Send(MessageType, ReadOnlySpan{byte})"/>
    public bool Send(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => IsOpen && _outbound.Send(Opcode.Binary, head, body);

    /// <summary>Queues encoded frames by reference. Only on servers: a client masks each frame with its own key (RFC 6455, section 5.3).</summary>
    /// <param name="frames">The buffer with the frames; retained until they are written.</param>
    /// <param name="start">Index of the first byte.</param>
    /// <param name="length">Number of bytes: complete frames.</param>
    /// <param name="messages">Number of messages in the frames.</param>
    /// <param name="counted">Whether the frames count towards the bounds of the outbound queue.</param>
    /// <exception cref="InvalidOperationException">The connection is a client's.</exception>
    /// <inheritdoc cref="Send(MessageType, ReadOnlySpan{byte})"/>
    internal bool Send(FrameBuffer frames, int start, int length, int messages, bool counted = true)
    {
        if (Masks)
            throw new InvalidOperationException("A client's frames cannot be shared.");
        return IsOpen && _outbound.Send(frames, start, length, messages, counted);
    }

    /// <summary>
    /// Begins the closing handshake (RFC 6455, section 7.1.2): queues a close frame as the last frame. The connection ends when the peer has answered, or after
    /// <see cref="WebSocketOptions.CloseTimeout"/>. A connection that is not open yet is released at once. Has no effect on a connection that is closing.
    /// </summary>
    /// <param name="status">The status: 1000 to 1003, 1007 to 1014, or 3000 to 4999.</param>
    /// <param name="reason">A reason for people; truncated to 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status must not be sent.</exception>
    public void Close(CloseStatus status, string reason = "")
    {
        if (!ClosePayload.IsSendable(status))
            throw new ArgumentOutOfRangeException(nameof(status), status, "This status must not be sent in a close frame.");
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
            _outbound.SendClose(status, reason);
        }
    }

    /// <summary>Aborts the connection without a close frame; drops the queued messages.</summary>
    public void Abort()
    {
        // Resets the connection if messages are dropped: the peer must not take a truncated stream for a complete stream, and the system must not keep data for a peer that does not read.
        var reset = _outbound.Release();
        Drop(EndCause.Aborted, "aborted", reset);
    }

    /// <summary>
    /// Returns whether the peer has missed a deadline: the deadline has passed, and all input that had arrived by then has been read. If the socket still has unread input, because the event loop or
    /// the thread pool is late, the result is false until the connection has read once more. Call it from <see cref="WebSocketHandler.OnTick"/>, and for one deadline at a time.
    /// </summary>
    /// <param name="deadline">The deadline in milliseconds of the heartbeat.</param>
    /// <param name="now">The heartbeat's time in milliseconds.</param>
    public bool HasMissed(long deadline, long now) => _liveness.HasMissed(this, deadline, now);

    /// <summary>Records that bytes have arrived, or that input is processed after a wait: the peer is alive.</summary>
    internal void Touch() => _liveness.Touch(Heartbeat.Now);

    /// <summary>Opens the connection after a successful handshake.</summary>
    /// <param name="head">The server's response, to be sent; empty if it was sent already or this side is the client.</param>
    /// <param name="agreement">The negotiated subprotocol and compression.</param>
    /// <returns>False if the connection has ended meanwhile.</returns>
    internal bool Open(ReadOnlySpan<byte> head, UpgradeAgreement agreement)
    {
        Subprotocol = agreement.Subprotocol;
        var deadline = _liveness.Deadline;
        // Under the queue's lock, so that a concurrent Close either ends the handshake, or queues its close frame after the head.
        using (_outbound.Enter())
        {
            if (!_state.TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Open))
                return false;
            if (agreement.Compression is { } parameters)
            {
                _outbound.Compress(parameters, Options.Compression!);
                SharedCompression = Masks || parameters.ServerContextTakeover ? null : SharedCompression.For(parameters.ServerMaxWindowBits, Options.Compression!);
            }

            _inbound.Open(agreement.Compression?.CreateInflater(isServer: !Masks));
            if (!head.IsEmpty)
                _outbound.SendRaw(head);
        }

        _liveness.ClearDeadline(deadline);
        if (!Guarded.TryOpen())
            FailForHandler();
        return true;
    }

    /// <summary>Releases the transport without a close frame. With <paramref name="reset"/>, the system discards data that it has not sent yet.</summary>
    internal void Drop(EndCause cause, string reason, bool reset = false)
    {
        _state.SetEnd(cause, CloseStatus.AbnormalClosure, reason);
        _state.Advance(ConnectionPhase.Draining);
        if (reset)
            Transport.Abort();
        else
            Transport.Close();
    }

    /// <summary>Handles the end of the peer's stream: closes the transport after the queued messages have been written.</summary>
    internal void OnEndOfInput()
    {
        _state.SetEnd(EndCause.EndOfStream, CloseStatus.AbnormalClosure, "stream ended");
        _state.Advance(ConnectionPhase.Draining);
        SetDeadline(Options.CloseTimeout);
        _outbound.FinishWith(OutboundQueue.Finish.Close);
    }

    /// <summary>Handles the end of the transport, the last event of the connection.</summary>
    internal void OnTransportClosed(Exception? error)
    {
        _state.SetTransportEnd(error);
        _state.Advance(ConnectionPhase.Closed);
        Heartbeat.Remove(_heartbeatSlot);
        if (_ownsHeartbeat)
            Heartbeat.Dispose();
        _outbound.Release();
        _inbound.Handshake?.OnEnded(_state.End, error);
        Guarded.Close(_state.End);
    }

    /// <summary>Handles a beat of the heartbeat. An exception must not reach the heartbeat, which would skip the other connections.</summary>
    internal void Tick(long now)
    {
        _liveness.Check(this, now);
        try
        {
            _outbound.ReleaseIdleCompressor(now);
            Handler.OnTick(now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Guarded.Report(e);
            if (Phase == ConnectionPhase.Handshake)
                _inbound.Handshake?.Fail();
            else if (Phase == ConnectionPhase.Open)
                FailForHandler();
        }
    }

    /// <summary>Handles an expired deadline.</summary>
    internal void Expire()
    {
        switch (Phase)
        {
            case ConnectionPhase.Handshake:
                _inbound.Handshake?.Expire();
                break;
            case ConnectionPhase.Open:
                break; // Opened concurrently; Open clears the deadline.
            default:
                // Resets the connection, because the system would keep the unread data for minutes otherwise.
                Transport.Abort();
                break;
        }
    }

    internal void SendPing() => _outbound.SendControl(Opcode.Ping, []);

    /// <summary>Handles a close frame of the peer (RFC 6455, section 5.5.1).</summary>
    /// <param name="payload">The frame's payload, which is valid.</param>
    /// <param name="nothingFollows">Whether all input has been read.</param>
    internal void OnCloseFrame(ReadOnlySpan<byte> payload, bool nothingFollows)
    {
        ClosePayload.TryRead(payload, out var status, out _);
        _state.SetEnd(EndCause.ClosedByPeer, status, ClosePayload.Reason(payload));
        _state.Advance(ConnectionPhase.Draining);
        SetDeadline(Options.CloseTimeout);
        // Echoes the status (section 5.5.1), unless this side has sent a close frame already.
        _outbound.SendClose(payload.Length > 2 ? payload[..2] : payload);
        // The server closes the TCP connection, the client waits for that (section 7.1.1). Closing a socket with unread input would send a reset, which may discard the echo.
        _outbound.FinishWith(Masks ? OutboundQueue.Finish.None : nothingFollows ? OutboundQueue.Finish.Close : OutboundQueue.Finish.Shutdown);
    }

    /// <summary>Fails the connection (RFC 6455, section 7.1.7): sends a close frame as the last frame and ignores all further input.</summary>
    internal void Fail(Violation violation, EndCause cause)
    {
        _state.SetEnd(cause, violation.Status, violation.Reason);
        _state.Advance(ConnectionPhase.Draining);
        SetDeadline(Options.CloseTimeout);
        _outbound.SendClose(violation.Status, violation.Reason);
        _outbound.FinishWith(OutboundQueue.Finish.Shutdown);
    }

    /// <summary>Rejects the client's request with an HTTP error, unless the connection is closing.</summary>
    internal void Refuse(HttpRefusal refusal, EndCause cause)
    {
        if (!_state.TryAdvance(ConnectionPhase.Handshake, ConnectionPhase.Draining))
            return;
        _state.SetEnd(cause, CloseStatus.AbnormalClosure, $"{refusal.StatusCode} {refusal.Text}");
        SetDeadline(Options.CloseTimeout);
        _outbound.SendRaw(UpgradeResponseWriter.Refused(refusal, Heartbeat.UtcNow));
        _outbound.FinishWith(OutboundQueue.Finish.Shutdown);
    }

    /// <summary>Handles an overflow of the outbound queue.</summary>
    internal void OnQueueOverflow()
    {
        if (Options.SlowConsumerPolicy == SlowConsumerPolicy.Disconnect)
        {
            Fail(Violations.SlowConsumer, EndCause.SlowConsumer);
            return;
        }

        _outbound.Release();
        Drop(EndCause.SlowConsumer, Violations.SlowConsumer.Reason, reset: true);
    }

    /// <summary>Handles a write that the transport could not accept because it is closed.</summary>
    internal void OnSendFailed()
    {
        _state.SetEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, "sending failed");
        _state.Advance(ConnectionPhase.Draining);
    }

    /// <summary>Handles the end of a backlog: all queued data has been written.</summary>
    internal void OnDrained()
    {
        if (!Guarded.TryDrain())
            FailForHandler();
    }

    /// <summary>Passes an exception of the handler to <see cref="WebSocketHandler.OnFailed"/>, and closes the connection with 1011.</summary>
    internal void OnHandlerFailed(Exception error)
    {
        Guarded.Report(error);
        FailForHandler();
    }

    private void FailForHandler() => Fail(Violations.HandlerFailed, EndCause.ClosedHere);

    private void SetDeadline(TimeSpan timeout) => _liveness.SetDeadline(Heartbeat.PreciseNow + (long)timeout.TotalMilliseconds);
}
