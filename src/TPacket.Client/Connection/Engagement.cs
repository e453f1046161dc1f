using Microsoft.Extensions.Logging;
using TPacket.Client.Diagnostics;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>
/// Makes a client ready on a connection: resumes the user's session, or signs in, asks for what the client wants to receive, and enters the room (docs/protocol.md, Engagement and Sessions). Knows the user from one
/// connection to the next. Called by the client's loop; <see cref="EnterAsync"/> by any thread.
/// </summary>
internal sealed class Engagement(TPacketClientOptions options, EventDispatcher events, RoomView view, ILogger logger)
{
    // A range that is none (docs/protocol.md, ACCEPT_COMMANDS): every server answers, and nothing changes.
    private static readonly Packet _probe = new((int)PacketCommand.AcceptCommands);

    private readonly TimeProvider _timeProvider = options.WebSocket.TimeProvider;
    private readonly UidCounter _uids = new();
    private UserSession? _user;

    // The room that the packets which wait were meant for.
    private string? _roomBefore;
    private SessionContinuity _continuity;

    private UserSession User => _user ??= NewUser();

    public static bool IsRefusal(Packet reply) => reply.Command == (int)PacketCommand.RespError;

    /// <summary>Prepares for ConnectAsync. A session that may have outlived the client belongs to its nick.</summary>
    public void Begin(string nick, string? room)
    {
        _user = _user is { IsResumable: true } user && view.Nick == nick ? user.Renew(NewAppends()) : NewUser();
        (view.Nick, view.Room) = (nick, room);
    }

    /// <summary>Takes a connection that is open.</summary>
    /// <param name="channel">The connection.</param>
    /// <param name="server">The address that it was made to.</param>
    public ServerConnection Take(WebSocketChannel channel, Uri server)
    {
        ServerConnection? connection = null;
        view.Entering = () => LetSend(connection!);
        return connection = new ServerConnection(channel, options, _uids, User, packet => Receive(connection!, server, packet));
    }

    /// <summary>Makes the client ready.</summary>
    /// <param name="connection">The connection, which is open.</param>
    /// <param name="isReturn">Whether the client was ready before.</param>
    /// <param name="stop">Closes the client.</param>
    /// <exception cref="ConnectionEndedException">The connection has ended, or has to.</exception>
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

    /// <summary>Asks for a room, and behind that for something that every server answers once roster and history are sent.</summary>
    /// <returns>The replies to both; the second means that the client is ready.</returns>
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
                // The answer to SESSION would have come before this one.
                if (!connection.User.IsConfirmed)
                    connection.User.Forget();
                BecomeReady(connection);
            },
            cancellationToken).ConfigureAwait(false);
        return (entered, complete);
    }

    /// <summary>The connection has ended. The packets that wait are kept where the client comes back and the server may know the user, and fail otherwise.</summary>
    /// <param name="state">The state that follows.</param>
    /// <param name="wasReady">Whether packets could be sent on it.</param>
    public void OnDisconnected(ClientState state, bool wasReady)
    {
        if (wasReady)
            _roomBefore = view.Room;
        if (state.Phase == ClientPhase.Reconnecting && User.IsResumable)
            User.Appends.Detach();
        else
            User.Appends.End(state);
    }

    /// <summary>Asks for the user's session, and behind that for something that is answered once all that was missed is sent.</summary>
    /// <returns>False when the server does not know the session: the client has to sign in, on the same connection.</returns>
    private async Task<bool> ResumeAsync(ServerConnection connection, CancellationToken stop)
    {
        // Not in it yet: ConnectAsync asks for the room, or the answer to SET_ROOM was lost.
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

    /// <summary>The server knows the user. What was missed follows (p1 0), or the room anew (1), or the user is in no room (2).</summary>
    private void OnResumed(Packet reply)
    {
        User.OnResumed(options.FollowLog);
        view.OwnId = reply.P2;
        _continuity = reply.P1 == 1 ? SessionContinuity.Rejoined : SessionContinuity.Resumed;
        if (reply.P1 == 1)
        {
            view.Enter(view.Room ?? "", again: view.IsIn);
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
        // The packets of a user before have failed.
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

    /// <summary>Asks for receipts and for the log's events, and for what belongs to sessions. An old server refuses that, and a room's snapshot shows which servers know it, so nothing waits for the replies.</summary>
    private async Task FollowAsync(ServerConnection connection, CancellationToken stop)
    {
        // RECEIPT and MOVE_ON, EVENT and SNAPSHOT and PRESENCE: two ranges, as without sessions.
        var receipts = options.FollowLog ? PacketCommand.Receipt : PacketCommand.MoveOn;
        var events = options.FollowLog ? PacketCommand.Event : PacketCommand.Presence;
        if (!options.FollowLog && !options.KeepSession)
            return;
        var user = connection.User;
        await connection.AskAsync(
            Accept((int)receipts, (int)(options.KeepSession ? PacketCommand.MoveOn : PacketCommand.Receipt)), reply => user.AcceptsReceipts = options.FollowLog && !IsRefusal(reply), stop).ConfigureAwait(false);
        await connection.AskAsync(Accept((int)events, (int)(options.KeepSession ? PacketCommand.Presence : PacketCommand.Snapshot)), replied: null, stop).ConfigureAwait(false);
    }

    /// <summary>Asks for a session. A server that does not know that refuses it, and nothing waits for the reply.</summary>
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
            LetSend(connection);
        }

        connection.IsEstablished = true;
        events.SetState(new ClientState(ClientPhase.Ready) { Room = view.Room, Continuity = _continuity });
    }

    /// <summary>Lets the application send: the server handles its packets behind SET_ROOM or RESUME.</summary>
    private void LetSend(ServerConnection connection)
    {
        if (connection.CanSend)
            return;
        // The client sends a packet that was for one room to no other.
        if (_roomBefore != view.Room)
            connection.User.Appends.Lose(events.State);
        connection.User.Appends.Attach(connection.TrySendAsync);
        connection.CanSend = true;
    }

    private static Packet Accept(int first, int last) => new((int)PacketCommand.AcceptCommands, first, last);

    private UserSession NewUser() => new(NewAppends());

    private Appends NewAppends() => new(options.MaxPendingRequests, options.Timeout, _timeProvider, _uids.Next, view.Receive);
}
