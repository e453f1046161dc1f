using System.Threading.Channels;
using TPacket.Transports;
using TPacket.Transports.Buffers;

namespace TPacket.WebSockets;

/// <summary>
/// A WebSocket with asynchronous methods to receive and send messages. One caller may receive at a time; any number of callers may send concurrently with it. Received messages are buffered up to
/// <see cref="WebSocketOptions.InboundQueueBytes"/>; at the bound the channel stops reading from the peer.
/// </summary>
public sealed class WebSocketChannel : IAsyncDisposable
{
    private readonly Inbox _inbox;

    private WebSocketChannel(Inbox inbox) => _inbox = inbox;

    /// <summary>The underlying connection, for its addresses and subprotocol.</summary>
    public WebSocketConnection Connection => _inbox.Connection;

    /// <summary>A task that completes when the connection has ended.</summary>
    public Task<ConnectionEnd> Ended => _inbox.Ended;

    /// <summary>Connects to a server over TCP, with TLS if the scheme is <c>wss</c>, and upgrades the connection.</summary>
    /// <inheritdoc cref="WebSocketClient.ConnectAsync"/>
    /// <returns>The open channel.</returns>
    public static async ValueTask<WebSocketChannel> ConnectAsync(Uri uri, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var inbox = new Inbox((options ?? WebSocketClientOptions.Default).Connection, decide: null);
        await WebSocketClient.ConnectAsync(uri, inbox, options, cancellationToken).ConfigureAwait(false);
        return new WebSocketChannel(inbox);
    }

    /// <summary>Upgrades a connection that the caller has established.</summary>
    /// <inheritdoc cref="WebSocketClient.UpgradeAsync"/>
    /// <returns>The open channel.</returns>
    public static async ValueTask<WebSocketChannel> UpgradeAsync(
        TransportConnection transport, Uri uri, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var inbox = new Inbox((options ?? WebSocketClientOptions.Default).Connection, decide: null);
        await WebSocketClient.UpgradeAsync(transport, uri, inbox, options, cancellationToken).ConfigureAwait(false);
        return new WebSocketChannel(inbox);
    }

    /// <summary>Performs the server's handshake on a connection that a listener has accepted.</summary>
    /// <param name="transport">The accepted connection, not started. The channel takes ownership of it, even if the upgrade fails.</param>
    /// <param name="options">Limits and timeouts.</param>
    /// <param name="heartbeat">The server's timer.</param>
    /// <param name="decide">Decides about a valid upgrade request; null accepts every request.</param>
    /// <returns>The open channel.</returns>
    /// <exception cref="WebSocketEndedException">The connection was not upgraded.</exception>
    public static async ValueTask<WebSocketChannel> AcceptAsync(
        TransportConnection transport, WebSocketOptions options, Heartbeat heartbeat, Func<UpgradeRequest, ValueTask<UpgradeDecision>>? decide = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var inbox = new Inbox(options, decide);
        WebSocketConnection.Accept(transport, inbox, options, heartbeat);
        await inbox.Opened.ConfigureAwait(false);
        return new WebSocketChannel(inbox);
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="cancellationToken">Cancels this wait only. No message is lost: the next call receives it.</param>
    /// <returns>The message; null after the last message of a connection that was closed by a closing handshake.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="WebSocketEndedException">The connection has ended without a closing handshake.</exception>
    /// <exception cref="InvalidOperationException">Another call is receiving.</exception>
    public ValueTask<ReceivedMessage?> ReceiveAsync(CancellationToken cancellationToken = default) => _inbox.TakeAsync(cancellationToken);

    /// <summary>Sends a message; waits for room in the outbound queue if the peer reads too slowly.</summary>
    /// <param name="type">Text, which must be valid UTF-8, or binary.</param>
    /// <param name="payload">The message, which is copied when it is queued. The caller must not change it before the returned task completes.</param>
    /// <param name="cancellationToken">Cancels the wait; the message is then not sent.</param>
    /// <returns>A task that completes when the message is queued, which may be before it is written.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="WebSocketEndedException">The connection is closing or has ended.</exception>
    public async ValueTask SendAsync(MessageType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            // The task is read before the attempt: a task that is read afterwards would not complete if the queue drains in between.
            var room = _inbox.Room;
            switch (Connection.TrySend(type, payload.Span))
            {
                case SendStatus.Queued:
                    return;
                case SendStatus.Closed:
                    throw new WebSocketEndedException(Connection.End);
                default:
                    await room.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>
    /// Performs the closing handshake (RFC 6455, section 7.1.2): sends the queued messages and a close frame. Messages that were not received yet are dropped.
    /// </summary>
    /// <param name="status">The status: 1000 to 1003, 1007 to 1014, or 3000 to 4999.</param>
    /// <param name="reason">A reason for people; truncated to 123 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Cancels the wait only; the closing handshake continues.</param>
    /// <returns>How the connection ended. The task completes within <see cref="WebSocketOptions.CloseTimeout"/>, plus up to one period of the heartbeat.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status must not be sent.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<ConnectionEnd> CloseAsync(CloseStatus status = CloseStatus.NormalClosure, string reason = "", CancellationToken cancellationToken = default)
    {
        Connection.Close(status, reason);
        _inbox.Shut();
        return await Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Aborts the connection without a close frame. A waiting receive throws <see cref="WebSocketEndedException"/>.</summary>
    public void Abort() => Connection.Abort();

    /// <summary>Aborts the connection if it has not ended, and returns the buffers of received messages.</summary>
    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        _inbox.Shut();
        await Ended.ConfigureAwait(false);
        _inbox.Release();
    }

    /// <summary>The messages that have arrived and were not received yet.</summary>
    private sealed class Inbox(WebSocketOptions options, Func<UpgradeRequest, ValueTask<UpgradeDecision>>? decide) : WebSocketHandler
    {
        // The bytes that each message counts in addition to its payload, so that the number of empty messages is bounded as well.
        private const int CostOfMessage = 64;

        private readonly Channel<Kept> _messages = Channel.CreateUnbounded<Kept>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ConnectionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private TaskCompletionSource? _full;
        private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private byte[]? _lent;
        private long _keptBytes;
        private bool _shut;
        private int _receiving;

        public Task Opened => _opened.Task;

        public Task<ConnectionEnd> Ended => _ended.Task;

        /// <summary>A task that completes when the outbound queue has drained or the connection has ended.</summary>
        public Task Room => Volatile.Read(ref _room).Task;

        public async ValueTask<ReceivedMessage?> TakeAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _receiving, 1) != 0)
                throw new InvalidOperationException("Another call is receiving.");
            try
            {
                ReturnLent();
                if (!await _messages.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_messages.Reader.TryRead(out var kept))
                {
                    var end = await Ended.ConfigureAwait(false);
                    return end.Cause is EndCause.ClosedByPeer or EndCause.ClosedHere ? null : throw new WebSocketEndedException(end);
                }

                _lent = kept.Buffer;
                Uncount(kept.Length);
                return new ReceivedMessage(kept.Type, kept.Buffer.AsMemory(0, kept.Length));
            }
            finally
            {
                Volatile.Write(ref _receiving, 0);
            }
        }

        /// <summary>Drops all further messages and resumes reading from the peer.</summary>
        public void Shut()
        {
            TaskCompletionSource? full;
            lock (_gate)
            {
                _shut = true;
                (full, _full) = (_full, null);
            }

            full?.TrySetResult();
        }

        /// <summary>Returns all buffers, after the connection has ended.</summary>
        public void Release()
        {
            ReturnLent();
            while (_messages.Reader.TryRead(out var kept))
                BufferPool.Return(kept.Buffer);
        }

        protected internal override ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => decide?.Invoke(request) ?? base.OnUpgrade(request);

        protected internal override void OnOpen() => _opened.TrySetResult();

        protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
        {
            lock (_gate)
            {
                if (_shut)
                    return default;
                var buffer = BufferPool.Rent(payload.Length);
                payload.CopyTo(buffer);
                _keptBytes += CostOfMessage + payload.Length;
                _messages.Writer.TryWrite(new Kept(type, buffer, payload.Length));
                if (_keptBytes < options.InboundQueueBytes)
                    return default;
                _full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask(_full.Task);
            }
        }

        protected internal override void OnDrained() =>
            Interlocked.Exchange(ref _room, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

        protected internal override void OnClosed(ConnectionEnd end)
        {
            _messages.Writer.TryComplete();
            if (_opened.TrySetException(new WebSocketEndedException(end)))
                _ = _opened.Task.Exception; // Observed here: a client does not await this task.
            _ended.TrySetResult(end);
            Volatile.Read(ref _room).TrySetResult();
        }

        private void Uncount(int length)
        {
            TaskCompletionSource? full = null;
            lock (_gate)
            {
                _keptBytes -= CostOfMessage + length;
                if (_keptBytes < options.InboundQueueBytes)
                    (full, _full) = (_full, null);
            }

            full?.TrySetResult();
        }

        private void ReturnLent()
        {
            if (_lent is not null)
                BufferPool.Return(_lent);
            _lent = null;
        }

        private readonly record struct Kept(MessageType Type, byte[] Buffer, int Length);
    }
}
