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
/// A client of a tPacket server: one user in at most one room. Thread-safe. Network and server are never thrown out of nowhere: what a method throws, <see cref="State"/> tells as well, and
/// has told before.
/// </summary>
/// <remarks>Handlers of events are called one after the other and in order, by the loop that also receives: one that blocks keeps everything waiting, and one that waits for the client waits forever.</remarks>
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

    /// <summary>Does not connect yet.</summary>
    /// <param name="address">The server's: <c>ws://host:25021/</c>, <c>wss:</c>, <c>http:</c> or <c>https:</c>.</param>
    /// <param name="options">Limits, deadlines and habits; the defaults where null.</param>
    /// <param name="logger">Is told of states, and of handlers that fail; nobody where null.</param>
    /// <exception cref="ArgumentException">The address is no WebSocket's, or an option is out of its range.</exception>
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

    /// <summary>The client's state is another; <see cref="State"/> has it already.</summary>
    public event Action<ClientState>? StateChanged
    {
        add => _events.StateChanged += value;
        remove => _events.StateChanged -= value;
    }

    /// <summary>Something happens in the room.</summary>
    public event Action<ClientEvent>? EventReceived
    {
        add => _events.EventReceived += value;
        remove => _events.EventReceived -= value;
    }

    internal TPacketClientOptions Options => _options;

    /// <summary>What the client is doing.</summary>
    public ClientState State => _events.State;

    /// <summary>Who is in the room.</summary>
    public Roster Roster => _view.Roster;

    /// <summary>
    /// Connects, signs in and enters a room, if one is given. Once that is done, a connection that is lost is sought again: the client resumes its session where the server has one, and otherwise signs in with the nick and
    /// the room of that moment. Before, nothing is tried twice, unless the server says when to come back.
    /// </summary>
    /// <remarks>
    /// A client that was closed without a connection may have left a session on the server, which lasts until its grace is over. Connecting with the same nick resumes that session, with the room that it is in where
    /// <paramref name="room"/> is null.
    /// </remarks>
    /// <param name="nick">The nick.</param>
    /// <param name="room">The room; null for none.</param>
    /// <param name="cancellationToken">Closes the client, unless it is ready.</param>
    /// <returns>Completes when the client is ready: roster and history have come.</returns>
    /// <exception cref="RequestRefusedException">The nick or the room is refused; the client is closed, and may try another.</exception>
    /// <exception cref="TPacketClientException">There is no connection, or none any more; the client is closed.</exception>
    /// <exception cref="InvalidOperationException">The client is not closed.</exception>
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

    /// <summary>Enters a room, or leaves one for it where the server allows that. Restored by a reconnect.</summary>
    /// <param name="room">The room.</param>
    /// <param name="cancellationToken">Ends the wait; the server may let the client in all the same.</param>
    /// <returns>Completes when roster and history have come.</returns>
    /// <exception cref="RequestRefusedException">The room is refused; nothing has changed.</exception>
    /// <exception cref="TPacketClientException">The client is not ready, or the connection was lost.</exception>
    public async Task JoinAsync(string room, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        cancellationToken.ThrowIfCancellationRequested();
        // It goes on when nobody waits any more, so what fails is returned.
        var error = await _sender.EnterAsync(room).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (error is not null)
            throw error;
    }

    /// <summary>Requests an invitation to a private room.</summary>
    /// <inheritdoc cref="RequestAsync(Packet, TimeSpan?, CancellationToken)"/>
    /// <param name="newRoom">True for a new room, whose name the server chooses; false for the private room that the client is in.</param>
    /// <param name="duration">The time for which the invitation should be valid, rounded up to seconds; null for the longest one. The server may shorten it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The invitation.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive, or longer than 2^31 - 1 seconds.</exception>
    public async Task<Invitation> InviteAsync(bool newRoom = false, TimeSpan? duration = null, CancellationToken cancellationToken = default)
    {
        var packet = new Packet((int)PacketCommand.Invite, Seconds.From(duration, nameof(duration)), newRoom ? 1 : 0);
        var reply = await RequestAsync(packet, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new Invitation(reply.Text, TimeSpan.FromSeconds(reply.P1));
    }

    /// <summary>Takes another nick, where the server allows that. Restored by a reconnect.</summary>
    /// <inheritdoc cref="RequestAsync(Packet, TimeSpan?, CancellationToken)"/>
    /// <param name="nick">The nick.</param>
    /// <param name="cancellationToken">Ends the wait; the server may have done it all the same.</param>
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

    /// <summary>Says something to the room. It comes back as a <see cref="RoomMessage"/>, whose offset is the receipt's.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait; the server may append the message all the same.</param>
    /// <inheritdoc cref="AppendAsync(Packet, CancellationToken)"/>
    public Task<Receipt> SendAsync(string text, CancellationToken cancellationToken = default) => AppendAsync(new Packet((int)PacketCommand.NewMsg, text), cancellationToken);

    /// <summary>
    /// Sends a packet that the server appends to the room's log, and waits for its receipt. At most 128 packets wait for their receipts; a call beyond waits for a place. Packets are sent in the order of the
    /// calls, also when nobody waits for them. When the connection drops and the user has a session, packets without an answer are kept, and sent again when the client has resumed. A packet of which the server does not
    /// know whether it was appended (<see cref="PacketErrorCode.Unknown"/>) is sent again, and later ones wait for that; it is never appended twice. Where the server refuses such a repetition because the client sends too
    /// much (<see cref="PacketErrorCode.RateLimited"/>), the client repeats the packet again after a pause of 0.5 s, which doubles up to 8 s.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="cancellationToken">Ends the wait; the server may append the packet all the same.</param>
    /// <returns>
    /// The receipt, behind the event itself. Where the server gives none, the client does not follow the log (<see cref="TPacketClientOptions.FollowLog"/>) or is in no room, or where the server has handled
    /// the packet without appending it: a receipt without an offset. The call then completes when the packet is queued.
    /// </returns>
    /// <exception cref="RequestRefusedException">The server has refused the packet, and has not appended it now. <see cref="SendRefused"/> has told that before.</exception>
    /// <exception cref="RequestTimeoutException">
    /// No receipt within <see cref="TPacketClientOptions.Timeout"/>, which begins anew with each connection and does not pass without one; the server may have appended the packet, or still will.
    /// </exception>
    /// <exception cref="RequestLostException">The connection was lost, and the session with it. Whether the packet was appended is not known; it is not sent again.</exception>
    /// <exception cref="TPacketClientException">The client is not ready, the connection has ended, or too many packets wait; nothing is sent.</exception>
    public Task<Receipt> AppendAsync(Packet packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return _sender.AppendAsync(packet, cancellationToken);
    }

    /// <summary>
    /// Sends a packet; waits while the server reads too slowly. Packets of one caller that waits for each leave in their order. A refusal comes as <see cref="SendRefused"/> with the uid. Send packets that the
    /// server appends to the room's log with <see cref="AppendAsync"/>.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is sent, unless the packet is NEW_MSG.</param>
    /// <returns>The packet's uid, when it is queued.</returns>
    /// <exception cref="TPacketClientException">The client is not ready, or the connection was lost; nothing is sent.</exception>
    public ValueTask<int> SendAsync(Packet packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return _sender.SendAsync(packet, cancellationToken);
    }

    /// <summary>Sends a packet and waits for its reply.</summary>
    /// <param name="packet">The request.</param>
    /// <param name="timeout">Time for the reply; <see cref="TPacketClientOptions.Timeout"/> where null.</param>
    /// <param name="cancellationToken">Ends the wait; the server may have done the request all the same.</param>
    /// <returns>The reply: RESP_OK, or a packet of the application's.</returns>
    /// <exception cref="RequestRefusedException">The server has refused.</exception>
    /// <exception cref="RequestTimeoutException">No reply in time.</exception>
    /// <exception cref="RequestLostException">The connection was lost. Whether the request was done is not known; it is not sent again.</exception>
    /// <exception cref="TPacketClientException">The client is not ready, or too many requests wait; nothing is sent.</exception>
    public Task<Packet> RequestAsync(Packet packet, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var limit = timeout ?? _options.Timeout;
        TPacketClientOptions.CheckWait(limit, nameof(timeout));
        return _sender.RequestAsync(packet, replied: null, limit, cancellationToken);
    }

    /// <summary>
    /// What happens in the room from this call on, across reconnects: call it before <see cref="ConnectAsync"/> to have the history. To be enumerated once. Ends with the client: in order
    /// when the application closes it, otherwise with the error that has closed it.
    /// </summary>
    /// <param name="capacity">Most events that wait to be enumerated; one more, and the enumeration ends behind them with <see cref="EventOverflowException"/>.</param>
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
    /// Ends the connection, behind what was sent, and any search for one. The user leaves at once; without a connection, when its grace is over. The client may connect again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; closing goes on.</param>
    /// <returns>Completes when the client is closed: at the latest when the WebSocket's close timeout is over.</returns>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        CancellationTokenSource stop;
        Task run;
        lock (_gate)
            (stop, run) = (_stop, _run);
        await stop.CancelAsync().ConfigureAwait(false);
        await run.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the client for good.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _isDisposed = true;
        await CloseAsync().ConfigureAwait(false);
        // Those that a client which was never connected has begun.
        foreach (var stream in _events.Detach())
            stream.Complete(error: null);
    }

    private async Task RunAsync(Task before, string nick, string? room, TaskCompletionSource connected, CancellationToken stop)
    {
        // A handler that hears of the end may connect again: that end comes first.
        await before.ConfigureAwait(false);
        await _loop.RunAsync(nick, room, connected, Closing, stop).ConfigureAwait(false);
    }

    private void Closing()
    {
        lock (_gate)
            _isRunning = false;
    }
}
