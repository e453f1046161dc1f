using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TPacket.Client.Connection;
using TPacket.Client.Diagnostics;
using TPacket.Client.Moderation;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;

namespace TPacket.Client;

/// <summary>
/// A client of a tPacket server: one user in at most one room (docs/clients.md). Thread-safe. If a method throws because of the network,
/// <see cref="State"/> has the cause already.
/// </summary>
/// <remarks>
/// The client's loop receives packets and calls all event handlers, in order and one at a time. While a handler blocks, the client receives nothing.
/// A handler that blocks until a call of the client completes never returns.
/// </remarks>
public sealed class TPacketClient : IAsyncDisposable
{
    private readonly TPacketClientOptions _options;
    private readonly EventDispatcher _events;
    private readonly RoomView _view;
    private readonly ClientLoop _loop;
    private readonly Sender _sender;
    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private bool _isRunning;
    private bool _isDisposed;

    /// <summary>Creates a client, which does not connect yet.</summary>
    /// <param name="address">
    /// The server's address, such as <c>ws://host:25021/</c>; the schemes <c>wss</c>, <c>http</c> and <c>https</c> are allowed too.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="logger">The log; null for none.</param>
    /// <exception cref="ArgumentException">The address has another scheme, or an option is out of its range.</exception>
    public TPacketClient(Uri address, TPacketClientOptions? options = null, ILogger<TPacketClient>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        address = ServerAddress.Of(address) ?? throw new ArgumentException("The address of a server begins with ws:, wss:, http: or https:.", nameof(address));
        _options = (options ?? new TPacketClientOptions()).Snapshot();
        var log = new PrintableLogger(logger ?? NullLogger<TPacketClient>.Instance);
        _events = new EventDispatcher(log);
        _view = new RoomView(_options.MaxUsers, _options.FollowLog, _options.KeepSession, _events);
        _loop = new ClientLoop(address, _options, _events, _view, log);
        _sender = new Sender(_options, _events, _loop);
    }

    /// <summary>Raised by the client's loop after <see cref="State"/> has changed.</summary>
    public event Action<ClientState>? StateChanged
    {
        add => _events.StateChanged += value;
        remove => _events.StateChanged -= value;
    }

    /// <summary>Raised by the client's loop for each event of the room.</summary>
    public event Action<ClientEvent>? EventReceived
    {
        add => _events.EventReceived += value;
        remove => _events.EventReceived -= value;
    }

    internal TPacketClientOptions Options => _options;

    /// <summary>The client's state.</summary>
    public ClientState State => _events.State;

    /// <summary>The users in the room.</summary>
    public Roster Roster => _view.Roster;

    /// <summary>
    /// Connects, signs in and enters a room, if one is given. After that, the client reconnects when it loses the connection:
    /// it resumes its session if the server has one, and otherwise signs in with its current nick and room.
    /// The client does not repeat a failed first attempt, unless the server has named a delay for the next one.
    /// </summary>
    /// <remarks>
    /// If the client was closed while it had no connection, its session stays on the server until its grace is over.
    /// Connecting with the same nick resumes this session. If <paramref name="room"/> is null, the user stays in the room of the session.
    /// </remarks>
    /// <param name="nick">The nick.</param>
    /// <param name="room">The room; null for none.</param>
    /// <param name="cancellationToken">Closes the client, unless it is ready.</param>
    /// <returns>A task that completes when the client is ready and has received roster and history.</returns>
    /// <exception cref="RequestRefusedException">
    /// The server refuses the nick or the room; the client is closed, and may connect again with another nick or room.
    /// </exception>
    /// <exception cref="TPacketClientException">The client could not connect, or lost the connection; it is closed.</exception>
    /// <exception cref="InvalidOperationException">The client is not closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the client was ready; the client is closed.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public async Task ConnectAsync(string nick, string? room = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nick);
        cancellationToken.ThrowIfCancellationRequested();
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stop = new CancellationTokenSource();
        Task run;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isRunning)
                throw new InvalidOperationException($"The client is in use. {State}");
            _isRunning = true;
            _stop = stop;
            var before = _run;
            _run = run = Task.Run(() => RunAsync(before, nick, room, connected, stop.Token), CancellationToken.None);
        }

        var cancelled = false;
        await using (cancellationToken.UnsafeRegister(
            _ =>
            {
                cancelled = true;
                stop.Cancel();
            },
            null).ConfigureAwait(false))
        {
            await connected.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!cancelled && connected.Task.IsCompletedSuccessfully)
            return;
        await run.ConfigureAwait(false);
        if (cancelled)
            throw new OperationCanceledException(cancellationToken);
        await connected.Task.ConfigureAwait(false);
    }

    /// <summary>Enters a room, and leaves the current one if the server allows that. A reconnect restores the room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="cancellationToken">Ends the wait; the client may still enter the room.</param>
    /// <returns>A task that completes when the client has received roster and history.</returns>
    /// <exception cref="RequestRefusedException">The server refuses the room; nothing has changed.</exception>
    /// <exception cref="RequestTimeoutException">
    /// No reply arrives within <see cref="TPacketClientOptions.Timeout"/>; the client aborts the connection and reconnects.
    /// </exception>
    /// <exception cref="TPacketClientException">The client is not ready, or has lost the connection.</exception>
    public async Task JoinAsync(string room, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        cancellationToken.ThrowIfCancellationRequested();
        // The task continues after the caller has stopped waiting. It returns errors instead of throwing them, so that no exception stays unobserved.
        var error = await _sender.EnterAsync(room).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (error is not null)
            throw error;
    }

    /// <summary>Requests an invitation to a private room.</summary>
    /// <inheritdoc cref="RequestAsync(Packet, TimeSpan?, CancellationToken)"/>
    /// <param name="newRoom">True for a new room, whose name the server chooses; false for the private room that the client is in.</param>
    /// <param name="duration">
    /// The time for which the invitation should be valid, rounded up to seconds; null for the longest one that the server allows. The server may shorten it.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The invitation.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive, or longer than 2^31 - 1 seconds.</exception>
    public async Task<Invitation> InviteAsync(bool newRoom = false, TimeSpan? duration = null, CancellationToken cancellationToken = default)
    {
        var packet = new Packet((int)PacketCommand.Invite, Seconds.From(duration, nameof(duration)), newRoom ? 1 : 0);
        var reply = await RequestAsync(packet, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new Invitation(reply.Text, TimeSpan.FromSeconds(reply.P1));
    }

    /// <summary>Changes the nick, if the server allows that. A reconnect restores the nick.</summary>
    /// <inheritdoc cref="RequestAsync(Packet, TimeSpan?, CancellationToken)"/>
    /// <param name="nick">The nick.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still change the nick.</param>
    public async Task RenameAsync(string nick, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nick);
        await _sender.RequestAsync(
            new Packet((int)PacketCommand.SetUserNick, nick),
            reply =>
            {
                if (!Engagement.IsRefusal(reply))
                    _view.Nick = nick;
            },
            _options.Timeout,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a message to the room. The client receives its own message as a <see cref="RoomMessage"/> with the offset of the receipt.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still append the message.</param>
    /// <inheritdoc cref="AppendAsync(Packet, CancellationToken)"/>
    public Task<Receipt> SendAsync(string text, CancellationToken cancellationToken = default) => AppendAsync(new Packet((int)PacketCommand.NewMsg, text), cancellationToken);

    /// <summary>
    /// Sends a packet that the server appends to the room's log, and waits for its receipt.
    /// At most 128 packets wait for receipts; further packets are queued. Packets are sent in the order of the calls, whether or not the callers wait.
    /// If the connection drops and the user has a session, the client keeps packets without an answer, and sends them again after it has resumed.
    /// If the server does not know whether it has appended a packet (<see cref="PacketErrorCode.Unknown"/>), the client repeats the packet before later ones.
    /// The server never appends a packet twice. If the server refuses the repetition because of its rate limit (<see cref="PacketErrorCode.RateLimited"/>),
    /// the client repeats it after a pause of 0.5 s, which doubles up to 8 s.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still append the packet.</param>
    /// <returns>
    /// The receipt, after the event itself. The receipt has no offset if the server has handled the packet without appending it.
    /// If the server sends no receipts, or the client does not follow the log (<see cref="TPacketClientOptions.FollowLog"/>) or is in no room,
    /// the call completes with a receipt without an offset when the packet is queued.
    /// </returns>
    /// <exception cref="RequestRefusedException">
    /// The server has refused the packet and not appended it. <see cref="SendRefused"/> was raised before.
    /// </exception>
    /// <exception cref="RequestTimeoutException">
    /// No receipt arrives within <see cref="TPacketClientOptions.Timeout"/>, which restarts with each connection and does not run without one.
    /// The server may have appended the packet, or may still do so.
    /// </exception>
    /// <exception cref="RequestLostException">
    /// The connection and the session have ended. It is unknown whether the server has appended the packet. The client does not send it again.
    /// </exception>
    /// <exception cref="TPacketClientException">The client is not ready, the connection has ended, or too many packets wait; nothing is sent.</exception>
    public Task<Receipt> AppendAsync(Packet packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return _sender.AppendAsync(packet, cancellationToken);
    }

    /// <summary>
    /// Sends a packet. Waits while the outbound queue is full, because the server reads too slowly. If a caller awaits each call,
    /// its packets are sent in the order of the calls. If the server refuses the packet, the client raises <see cref="SendRefused"/> with the uid.
    /// Use <see cref="AppendAsync"/> for packets that the server appends to the room's log.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is sent, unless the packet is NEW_MSG, which the client may still send.</param>
    /// <returns>The packet's uid, after the packet was queued.</returns>
    /// <exception cref="TPacketClientException">The client is not ready, has lost the connection, or too many packets wait; nothing is sent.</exception>
    public ValueTask<int> SendAsync(Packet packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return _sender.SendAsync(packet, cancellationToken);
    }

    /// <summary>Sends a packet and waits for its reply.</summary>
    /// <param name="packet">The request.</param>
    /// <param name="timeout">The longest wait, from 1 ms to 49 days; null for <see cref="TPacketClientOptions.Timeout"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still handle the request.</param>
    /// <returns>The reply: RESP_OK, or a packet of the application. The caller may keep it.</returns>
    /// <exception cref="RequestRefusedException">The server has refused the request.</exception>
    /// <exception cref="RequestTimeoutException">No reply arrives in time.</exception>
    /// <exception cref="RequestLostException">
    /// The connection has ended. It is unknown whether the server has handled the request. The client does not send it again.
    /// </exception>
    /// <exception cref="TPacketClientException">The client is not ready, or too many requests wait; nothing is sent.</exception>
    public Task<Packet> RequestAsync(Packet packet, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var limit = timeout ?? _options.Timeout;
        TPacketClientOptions.CheckWait(limit, nameof(timeout));
        return _sender.RequestAsync(packet, replied: null, limit, cancellationToken);
    }

    /// <summary>
    /// Returns the events from this call on, across reconnects. Call it before <see cref="ConnectAsync"/> to receive the history. The result can be enumerated
    /// once. The enumeration ends when the client is closed: normally if the application has closed the client, otherwise with the error that closed it.
    /// </summary>
    /// <param name="capacity">
    /// The maximum number of buffered events, 1 or more. One more event ends the enumeration with <see cref="EventOverflowException"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public IAsyncEnumerable<ClientEvent> ReadEventsAsync(int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _events.Enumerate(capacity);
        }
    }

    /// <summary>
    /// Flushes queued packets and closes the connection, or stops reconnecting. The user leaves the room at once, or after its grace if there is no connection.
    /// The client may connect again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; closing continues.</param>
    /// <returns>A task that completes when the client is closed, within the close timeout of the WebSocket.</returns>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        CancellationTokenSource stop;
        Task run;
        lock (_gate)
            (stop, run) = (_stop, _run);
        await stop.CancelAsync().ConfigureAwait(false);
        await run.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the client, which cannot connect again.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _isDisposed = true;
        await CloseAsync().ConfigureAwait(false);
        // A client that never connected still has its enumerations.
        foreach (var stream in _events.Detach())
            stream.Complete(error: null);
    }

    private async Task RunAsync(Task before, string nick, string? room, TaskCompletionSource connected, CancellationToken stop)
    {
        // A handler of the closed state may connect again: the previous run ends first.
        await before.ConfigureAwait(false);
        await _loop.RunAsync(nick, room, connected, Closing, stop).ConfigureAwait(false);
    }

    private void Closing()
    {
        lock (_gate)
            _isRunning = false;
    }
}
