using System.Threading.Channels;
using TPacket.Transports;

namespace TPacket.WebSockets;

/// <summary>
/// A WebSocket whose messages are asked for instead of pushed: accept or connect, receive, send, close. One caller receives at a time; any number send at the same time, also
/// while somebody receives. What nobody asks for is kept up to a bound; then the peer has to wait.
/// </summary>
public sealed class WebSocketChannel : IAsyncDisposable
{
    private readonly Inbox _inbox;

    private WebSocketChannel(Inbox inbox) => _inbox = inbox;

    /// <summary>The connection, for its addresses and its subprotocol.</summary>
    public WebSocketConnection Connection => _inbox.Connection;

    /// <summary>Completes with the connection's end.</summary>
    public Task<ConnectionEnd> Ended => _inbox.Ended;

    /// <summary>Connects to a server over TCP, with TLS where the address says wss.</summary>
    /// <inheritdoc cref="WebSocketClient.ConnectAsync"/>
    public static async ValueTask<WebSocketChannel> ConnectAsync(Uri uri, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var inbox = new Inbox((options ?? WebSocketClientOptions.Default).Connection, decide: null);
        await WebSocketClient.ConnectAsync(uri, inbox, options, cancellationToken).ConfigureAwait(false);
        return new WebSocketChannel(inbox);
    }

    /// <summary>Upgrades a connection that the caller has made.</summary>
    /// <inheritdoc cref="WebSocketClient.UpgradeAsync"/>
    public static async ValueTask<WebSocketChannel> UpgradeAsync(
        TransportConnection transport, Uri uri, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var inbox = new Inbox((options ?? WebSocketClientOptions.Default).Connection, decide: null);
        await WebSocketClient.UpgradeAsync(transport, uri, inbox, options, cancellationToken).ConfigureAwait(false);
        return new WebSocketChannel(inbox);
    }

    /// <summary>Serves a connection that a listener has accepted: completes when it is upgraded.</summary>
    /// <param name="transport">The accepted connection, not started; the WebSocket owns it from here, also when the upgrade fails.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="heartbeat">The server's timer.</param>
    /// <param name="decide">What is made of a well-formed request; accepts where null.</param>
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
    /// <param name="cancellationToken">Ends this wait, and nothing else: the next call receives the message that this one has not.</param>
    /// <returns>The message; null when the connection was closed in order, and what came before was received.</returns>
    /// <exception cref="WebSocketEndedException">The connection has ended otherwise.</exception>
    /// <exception cref="InvalidOperationException">Somebody else is receiving.</exception>
    public ValueTask<ReceivedMessage?> ReceiveAsync(CancellationToken cancellationToken = default) => _inbox.TakeAsync(cancellationToken);

    /// <summary>Sends a message; waits while the peer reads too slowly. The message is copied when it is queued: until the call has completed, its memory has to stay as it is.</summary>
    /// <param name="type">Text, which has to be valid UTF-8, or binary.</param>
    /// <param name="payload">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message is then not sent.</param>
    /// <returns>Completes when the message is queued; it leaves at once or when the peer reads again.</returns>
    /// <exception cref="WebSocketEndedException">The connection has ended or is ending.</exception>
    public async ValueTask SendAsync(MessageType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            // Asked for before the attempt, so that room that comes behind it is not missed.
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

    /// <summary>Closes the connection in order: what is queued is sent, then a close frame; messages that nobody has received are dropped.</summary>
    /// <param name="status">A status that may be sent.</param>
    /// <param name="reason">For people; cut at 123 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Ends the wait; the close goes on.</param>
    /// <returns>How the connection ended: at the latest when the close timeout is over.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status may not be sent.</exception>
    public async ValueTask<ConnectionEnd> CloseAsync(CloseStatus status = CloseStatus.NormalClosure, string reason = "", CancellationToken cancellationToken = default)
    {
        Connection.Close(status, reason);
        _inbox.Shut();
        return await Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Releases the connection without a close frame; a receive that waits ends.</summary>
    public void Abort() => Connection.Abort();

    /// <summary>Releases the connection, if it has not ended, and what was received.</summary>
    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        _inbox.Shut();
        await Ended.ConfigureAwait(false);
        _inbox.Release();
    }

    /// <summary>What has arrived and was not asked for.</summary>
    private sealed class Inbox(WebSocketOptions options, Func<UpgradeRequest, ValueTask<UpgradeDecision>>? decide) : WebSocketHandler
    {
        // What keeping a message costs beside its bytes, so that empty ones are bounded too.
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

        /// <summary>Completes when there is room in the outbound queue again, or nothing more will be.</summary>
        public Task Room => Volatile.Read(ref _room).Task;

        public async ValueTask<ReceivedMessage?> TakeAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _receiving, 1) != 0)
                throw new InvalidOperationException("Somebody else is receiving.");
            try
            {
                GiveBack();
                if (!await _messages.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_messages.Reader.TryRead(out var kept))
                {
                    var end = await Ended.ConfigureAwait(false);
                    return end.Cause is EndCause.ClosedByPeer or EndCause.ClosedHere ? null : throw new WebSocketEndedException(end);
                }

                _lent = kept.Buffer;
                Forget(kept.Length);
                return new ReceivedMessage(kept.Type, kept.Buffer.AsMemory(0, kept.Length));
            }
            finally
            {
                Volatile.Write(ref _receiving, 0);
            }
        }

        /// <summary>Nobody receives any more: what comes is dropped, and the peer need not wait.</summary>
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

        public void Release()
        {
            GiveBack();
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
                _ = _opened.Task.Exception; // A client waits elsewhere.
            _ended.TrySetResult(end);
            Volatile.Read(ref _room).TrySetResult();
        }

        private void Forget(int length)
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

        private void GiveBack()
        {
            if (_lent is not null)
                BufferPool.Return(_lent);
            _lent = null;
        }

        private readonly record struct Kept(MessageType Type, byte[] Buffer, int Length);
    }
}
