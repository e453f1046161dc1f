using Microsoft.Extensions.Logging;
using TPacket.Client.Diagnostics;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>
/// Makes a client ready on a connection: resumes the user's session or signs in, subscribes to commands, and enters the room (docs/protocol.md,
/// Engagement and Sessions). Keeps the user across connections. Only the client's loop calls it; any thread may call <see cref="EnterAsync"/>.
/// </summary>
internal sealed class Engagement(TPacketClientOptions options, EventDispatcher events, RoomView view, ILogger logger)
{
    // An empty range (docs/protocol.md, ACCEPT_COMMANDS): every server answers it, and nothing changes.
    private static readonly Packet _probe = new((int)PacketCommand.AcceptCommands);

    private readonly TimeProvider _timeProvider = options.WebSocket.TimeProvider;
    private readonly UidCounter _uids = new();
    private UserSession? _user;

    // The room for which the application sent the packets that wait for receipts.
    private string? _roomOfAppends;
    private SessionContinuity _continuity;

    private UserSession User => _user ??= NewUser();

    public static bool IsRefusal(Packet reply) => reply.Command == (int)PacketCommand.RespError;

    /// <summary>Prepares a run of the client. The client resumes a session that may still exist on the server only with the same nick.</summary>
    public void Begin(string nick, string? room)
    {
        _user = _user is { IsResumable: true } user && view.Nick == nick ? user.Renew(NewAppends()) : NewUser();
        (view.Nick, view.Room) = (nick, room);
    }

    /// <summary>Wraps an open WebSocket.</summary>
    /// <param name="channel">The WebSocket, which the result owns.</param>
    /// <param name="server">The address of the server.</param>
    public ServerConnection Attach(WebSocketChannel channel, Uri server)
    {
        ServerConnection? connection = null;
        view.Entering = () => AllowSending(connection!);
        return connection = new ServerConnection(channel, options, _uids, User, packet => Receive(connection!, server, packet));
    }

    /// <summary>Makes the client ready.</summary>
    /// <param name="connection">The open connection.</param>
    /// <param name="isReturn">Whether the client was ready before.</param>
    /// <param name="stop">Cancelled to close the client.</param>
    /// <exception cref="ConnectionEndedException">The connection has ended, or must end.</exception>
    public async Task EngageAsync(ServerConnection connection, bool isReturn, CancellationToken stop)
    {
        events.SetState(new ClientState(ClientPhase.SigningIn));
        await connection.TrySendAsync(connection.NextUid(), new Packet((int)PacketCommand.Nop, options.MagicString), stop).ConfigureAwait(false);
        var isResumed = User.IsResumable && await ResumeAsync(connection, stop).ConfigureAwait(false);
        if (!isResumed)
            await SignInAsync(connection, stop).ConfigureAwait(false);
        if (connection.IsEstablished)
            return;
        if (view.Room is not { } room)
        {
            BecomeReady(connection);
            return;
        }

        events.SetState(new ClientState(ClientPhase.Joining) { Room = room });
        var (entered, complete) = await EnterAsync(connection, room, isReturn, stop).ConfigureAwait(false);
        await ExpectAsync(connection, entered, "the room", stop).ConfigureAwait(false);
        await ReceiveUntilAsync(connection, complete, "the room", stop).ConfigureAwait(false);
    }

    /// <summary>Sends SET_ROOM and then a probe, which every server answers after roster and history.</summary>
    /// <returns>The two replies. After the second, the client is ready.</returns>
    public async ValueTask<(Task<Packet> Entered, Task<Packet> Complete)> EnterAsync(ServerConnection connection, string room, bool again, CancellationToken cancellationToken)
    {
        var isIn = false;
        var entered = await connection.AskAsync(
            new Packet((int)PacketCommand.SetRoom, room),
            reply =>
            {
                if (IsRefusal(reply))
                    return;
                isIn = true;
                view.Enter(room, again);
                if (events.State is not { Phase: ClientPhase.Joining })
                    events.SetState(new ClientState(ClientPhase.Joining) { Room = room });
            },
            cancellationToken).ConfigureAwait(false);
        var complete = await connection.AskAsync(
            _probe,
            _ =>
            {
                if (!isIn)
                    return;
                view.Complete();
                // A server with sessions would have answered SESSION before the probe.
                if (!connection.User.IsConfirmed)
                    connection.User.Forget();
                BecomeReady(connection);
            },
            cancellationToken).ConfigureAwait(false);
        return (entered, complete);
    }

    /// <summary>
    /// Handles the end of a connection. Keeps the packets that wait for receipts if the client reconnects and has a session; otherwise fails them.
    /// </summary>
    /// <param name="state">The next state.</param>
    /// <param name="wasReady">Whether the application could send on the connection.</param>
    public void OnDisconnected(ClientState state, bool wasReady)
    {
        if (wasReady)
            _roomOfAppends = view.Room;
        if (state.Phase == ClientPhase.Reconnecting && User.IsResumable)
            User.Appends.Detach();
        else
            User.Appends.End(state);
    }

    /// <summary>Sends RESUME and then a probe, which the server answers after all missed events.</summary>
    /// <returns>False if the server does not know the session: the client signs in on the same connection.</returns>
    private async Task<bool> ResumeAsync(ServerConnection connection, CancellationToken stop)
    {
        // The room that the client has not entered yet: ConnectAsync names it, or the answer to SET_ROOM was lost.
        var wanted = view.IsIn ? null : view.Room;
        var isResumed = false;
        var resumed = await connection.AskAsync(
            User.Resume(options.SessionGrace, view.Position),
            reply =>
            {
                isResumed = reply is { Command: (int)PacketCommand.Resume, P1: >= 0 and <= 2 };
                if (isResumed)
                    OnResumed(reply);
            },
            stop).ConfigureAwait(false);
        var complete = await connection.AskAsync(
            _probe,
            _ =>
            {
                if (!isResumed)
                    return;
                view.Complete();
                if (wanted is null || (view.IsIn && view.Room == wanted))
                    BecomeReady(connection);
                else
                    view.Room = wanted;
            },
            stop).ConfigureAwait(false);
        var reply = await ReceiveUntilAsync(connection, resumed, "the session", stop).ConfigureAwait(false);
        if (isResumed)
        {
            await ReceiveUntilAsync(connection, complete, "the session", stop).ConfigureAwait(false);
            return true;
        }

        if (IsTemporary(reply))
        {
            connection.MoveOn = MoveOn.After(reply);
            throw new ConnectionEndedException(DisconnectCauses.Refused("the session", reply), reply);
        }

        ClientLog.SessionLost(logger, (PacketErrorCode)reply.P1);
        User.Appends.End(events.State);
        return false;
    }

    private static bool IsTemporary(Packet reply) => IsRefusal(reply) && (PacketErrorCode)reply.P1 is
        PacketErrorCode.TryLater or PacketErrorCode.RateLimited or PacketErrorCode.StoreFailed or PacketErrorCode.Unknown or PacketErrorCode.HandlerFailed;

    /// <summary>Handles a RESUME that succeeded. The missed events follow (p1 = 0), or a snapshot of the room (1), or the user is in no room (2).</summary>
    private void OnResumed(Packet reply)
    {
        User.OnResumed(options.FollowLog);
        view.OwnId = reply.P2;
        _continuity = reply.P1 == 1 ? SessionContinuity.Rejoined : SessionContinuity.Resumed;
        if (reply.P1 == 1)
        {
            view.Enter(view.Room ?? "", isReentry: view.IsIn);
            events.SetState(new ClientState(ClientPhase.Joining) { Room = view.Room });
        }
        else if (reply.P1 == 2)
        {
            if (view.IsIn)
                view.Room = null;
            view.Leave();
        }
    }

    private void Receive(ServerConnection connection, Uri server, Packet packet)
    {
        if (!options.KeepSession || packet.Command != (int)PacketCommand.MoveOn)
        {
            view.Receive(packet);
            return;
        }

        var moveOn = MoveOn.Read(packet, server, out var isRefused);
        connection.MoveOn = moveOn;
        if (isRefused)
            ClientLog.AddressRefused(logger, packet.Text, server.Authority);
        else
            ClientLog.MovesOn(logger, moveOn.Delay, (moveOn.Address ?? server).Authority);
    }

    private async Task SignInAsync(ServerConnection connection, CancellationToken stop)
    {
        // The packets of the previous user have failed already.
        connection.User = _user = NewUser();
        view.SignIn();
        _continuity = SessionContinuity.SignedIn;
        var nick = await connection.AskAsync(new Packet((int)PacketCommand.SetUserNick, view.Nick), replied: null, stop).ConfigureAwait(false);
        await ExpectAsync(connection, nick, "the nick", stop).ConfigureAwait(false);
        foreach (var (first, last) in options.AcceptedCommands)
        {
            var accepted = await connection.AskAsync(Accept(first, last), replied: null, stop).ConfigureAwait(false);
            await ExpectAsync(connection, accepted, "the commands to accept", stop).ConfigureAwait(false);
        }

        await FollowAsync(connection, stop).ConfigureAwait(false);
        if (options.KeepSession)
            await BeginSessionAsync(connection, stop).ConfigureAwait(false);
    }

    /// <summary>
    /// Accepts the commands of receipts, of the log and of sessions, without waiting for the replies: an old server refuses these commands,
    /// and a SNAPSHOT shows that a server knows them.
    /// </summary>
    private async Task FollowAsync(ServerConnection connection, CancellationToken stop)
    {
        // RECEIPT and MOVE_ON have adjacent numbers, as have EVENT, SNAPSHOT and PRESENCE, so two ranges are enough.
        var receipts = options.FollowLog ? PacketCommand.Receipt : PacketCommand.MoveOn;
        var events = options.FollowLog ? PacketCommand.Event : PacketCommand.Presence;
        if (!options.FollowLog && !options.KeepSession)
            return;
        var user = connection.User;
        await connection.AskAsync(
            Accept((int)receipts, (int)(options.KeepSession ? PacketCommand.MoveOn : PacketCommand.Receipt)), reply => user.AcceptsReceipts = options.FollowLog && !IsRefusal(reply), stop).ConfigureAwait(false);
        await connection.AskAsync(Accept((int)events, (int)(options.KeepSession ? PacketCommand.Presence : PacketCommand.Snapshot)), replied: null, stop).ConfigureAwait(false);
    }

    /// <summary>Requests a session, without waiting for the reply: a server without sessions refuses the request.</summary>
    private async Task BeginSessionAsync(ServerConnection connection, CancellationToken stop)
    {
        var user = connection.User;
        await connection.AskAsync(
            user.Begin(options.SessionGrace),
            reply =>
            {
                user.IsConfirmed = reply.Command == (int)PacketCommand.Session;
                if (user.IsConfirmed)
                    view.OwnId = reply.P2;
                else
                    user.Forget();
            },
            stop).ConfigureAwait(false);
    }

    private async Task ExpectAsync(ServerConnection connection, Task<Packet> reply, string what, CancellationToken stop)
    {
        var received = await ReceiveUntilAsync(connection, reply, what, stop).ConfigureAwait(false);
        if (IsRefusal(received))
            throw new ConnectionEndedException(DisconnectCauses.Refused(what, received), received);
    }

    private async Task<Packet> ReceiveUntilAsync(ServerConnection connection, Task<Packet> reply, string what, CancellationToken stop)
    {
        using var deadline = new ReplyDeadline(_timeProvider, options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            while (!reply.IsCompleted)
                await connection.ReceiveAsync(either.Token).ConfigureAwait(false);
            return await reply.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new ConnectionEndedException(DisconnectCauses.Timeout(what));
        }
    }

    private void BecomeReady(ServerConnection connection)
    {
        if (!connection.IsEstablished)
        {
            connection.ReadySince = _timeProvider.GetTimestamp();
            AllowSending(connection);
        }

        connection.IsEstablished = true;
        events.SetState(new ClientState(ClientPhase.Ready) { Room = view.Room, Continuity = _continuity });
    }

    /// <summary>Allows the application to send: the server handles its packets after SET_ROOM or RESUME.</summary>
    private void AllowSending(ServerConnection connection)
    {
        if (connection.CanSend)
            return;
        // Packets for one room must not reach another.
        if (_roomOfAppends != view.Room)
            connection.User.Appends.FailAll(events.State);
        connection.User.Appends.Attach(connection.TrySendAsync);
        connection.CanSend = true;
    }

    private static Packet Accept(int first, int last) => new((int)PacketCommand.AcceptCommands, first, last);

    private UserSession NewUser() => new(NewAppends());

    private AppendQueue NewAppends() => new(options.MaxPendingRequests, options.Timeout, _timeProvider, _uids.Next, view.Receive);
}
