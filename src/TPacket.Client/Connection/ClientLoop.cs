using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TPacket.Client.Diagnostics;
using TPacket.Client.Requests;
using TPacket.Client.Rooms;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>The life of a client from ConnectAsync to closed: attempts, sessions, and the delays between them. All states and events come from here, one after the other.</summary>
internal sealed class ClientLoop(Uri address, TPacketClientOptions options, ClientEvents events, RoomView view, ILogger logger)
{
    // A range that is none (docs/protocol.md, ACCEPT_COMMANDS): every server answers, and nothing changes.
    private static readonly Packet _probe = new((int)PacketCommand.AcceptCommands);

    private static readonly Packet _acceptReceipts = new((int)PacketCommand.AcceptCommands, (int)PacketCommand.Receipt, (int)PacketCommand.Receipt);
    private static readonly Packet _acceptEvents = new((int)PacketCommand.AcceptCommands, (int)PacketCommand.Event, (int)PacketCommand.Snapshot);

    private readonly TimeProvider _timeProvider = options.WebSocket.TimeProvider;
    private readonly UidCounter _uids = new();
    private Session? _session;

    /// <summary>The session that the application may send on; null unless there is one.</summary>
    public Session? Session => Volatile.Read(ref _session) is { IsEstablished: true } session ? session : null;

    /// <summary>Runs until the client is closed.</summary>
    /// <param name="connected">Completes when the client is ready, or fails when the first attempt has.</param>
    /// <param name="closing">Called before the client is told to be closed.</param>
    /// <param name="stop">Closes the client.</param>
    public async Task RunAsync(TaskCompletionSource connected, Action closing, CancellationToken stop)
    {
        for (var attempt = 0; ;)
        {
            var (end, ready) = await LiveAsync(attempt, connected, stop).ConfigureAwait(false);
            if (end is not null && Next(end.Cause, attempt, ready) is { } next)
            {
                attempt = next.Attempt;
                if (await PauseAsync(next, end.Cause, stop).ConfigureAwait(false))
                    continue;
                end = null;
            }

            Close(end, connected, closing);
            return;
        }
    }

    /// <summary>Asks for a room, and behind that for something that every server answers once roster and history are sent.</summary>
    /// <returns>The replies to both; the second means that the client is ready.</returns>
    public async ValueTask<(Task<Packet> Entered, Task<Packet> Complete)> EnterAsync(Session session, string room, bool again, CancellationToken cancellationToken)
    {
        var isIn = false;
        var entered = await session.AskAsync(
            new Packet((int)PacketCommand.SetRoom, room),
            reply =>
            {
                if (IsRefusal(reply))
                    return;
                isIn = true;
                view.Enter(room, again);
                if (events.State is not { Phase: ClientPhase.Joining })
                    events.Become(new ClientState(ClientPhase.Joining) { Room = room });
            },
            cancellationToken).ConfigureAwait(false);
        var complete = await session.AskAsync(
            _probe,
            _ =>
            {
                if (!isIn)
                    return;
                view.Complete();
                BecomeReady(session);
            },
            cancellationToken).ConfigureAwait(false);
        return (entered, complete);
    }

    public static bool IsRefusal(Packet reply) => reply.Command == (int)PacketCommand.RespError;

    /// <summary>One attempt, and the session that comes of it, to its end.</summary>
    /// <returns>Why it has ended, null for the application's wish; and how long the client was ready, null if it never was.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever else fails ends the client, which says so.")]
    private async Task<(SessionEndedException? End, TimeSpan? Ready)> LiveAsync(int attempt, TaskCompletionSource connected, CancellationToken stop)
    {
        SessionEndedException? end = null;
        try
        {
            var session = await SignInAsync(attempt, stop).ConfigureAwait(false);
            connected.TrySetResult();
            while (true)
                await session.ReceiveAsync(stop).ConfigureAwait(false);
        }
        catch (SessionEndedException e)
        {
            end = e;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Closed by the application.
        }
        catch (Exception e)
        {
            end = new SessionEndedException(DisconnectCauses.Failed(e));
        }

        if (stop.IsCancellationRequested)
            end = null;
        view.Interrupt();
        if (_session is null)
            return (end, null);
        // Closing may take its time, which is none of the connection's.
        TimeSpan? ready = _session.IsEstablished ? _timeProvider.GetElapsedTime(_session.ReadySince) : null;
        await _session.CloseAsync(end?.Cause).ConfigureAwait(false);
        return (end, ready);
    }

    private async Task<Session> SignInAsync(int attempt, CancellationToken stop)
    {
        events.Become(new ClientState(ClientPhase.Connecting) { Attempt = attempt });
        var session = new Session(await ConnectAsync(stop).ConfigureAwait(false), options, _uids, view.Receive);
        Volatile.Write(ref _session, session);

        events.Become(new ClientState(ClientPhase.SigningIn));
        await session.TrySendAsync(session.NextUid(), new Packet((int)PacketCommand.Nop, options.MagicString), stop).ConfigureAwait(false);
        var nick = await session.AskAsync(new Packet((int)PacketCommand.SetUserNick, view.Nick), replied: null, stop).ConfigureAwait(false);
        await ExpectAsync(session, nick, "the nick", stop).ConfigureAwait(false);
        foreach (var (first, last) in options.AcceptedCommands)
        {
            var accepted = await session.AskAsync(new Packet((int)PacketCommand.AcceptCommands, first, last), replied: null, stop).ConfigureAwait(false);
            await ExpectAsync(session, accepted, "the commands to accept", stop).ConfigureAwait(false);
        }

        if (options.FollowLog)
            await FollowAsync(session, stop).ConfigureAwait(false);
        if (view.Room is { } room)
        {
            events.Become(new ClientState(ClientPhase.Joining) { Room = room });
            var (entered, complete) = await EnterAsync(session, room, again: attempt > 0, stop).ConfigureAwait(false);
            await ExpectAsync(session, entered, "the room", stop).ConfigureAwait(false);
            await ReceiveUntilAsync(session, complete, "the room", stop).ConfigureAwait(false);
        }
        else
        {
            BecomeReady(session);
        }

        // A handler may have closed the client.
        stop.ThrowIfCancellationRequested();
        return session;
    }

    /// <summary>Asks for receipts and for the log's events. An old server refuses both, and a room's snapshot shows which servers know them, so nothing waits for the replies.</summary>
    private static async Task FollowAsync(Session session, CancellationToken stop)
    {
        await session.AskAsync(_acceptReceipts, reply => session.AcceptsReceipts = !IsRefusal(reply), stop).ConfigureAwait(false);
        await session.AskAsync(_acceptEvents, replied: null, stop).ConfigureAwait(false);
    }

    private async Task<WebSocketChannel> ConnectAsync(CancellationToken stop)
    {
        try
        {
            return await WebSocketChannel.ConnectAsync(address, options.WebSocket, stop).ConfigureAwait(false);
        }
        catch (WebSocketConnectException e)
        {
            throw new SessionEndedException(DisconnectCauses.Of(e));
        }
    }

    private async Task ExpectAsync(Session session, Task<Packet> reply, string what, CancellationToken stop)
    {
        var received = await ReceiveUntilAsync(session, reply, what, stop).ConfigureAwait(false);
        if (IsRefusal(received))
            throw new SessionEndedException(DisconnectCauses.Refused(what, received), received);
    }

    private async Task<Packet> ReceiveUntilAsync(Session session, Task<Packet> reply, string what, CancellationToken stop)
    {
        using var deadline = new ReplyDeadline(_timeProvider, options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            while (!reply.IsCompleted)
                await session.ReceiveAsync(either.Token).ConfigureAwait(false);
            return await reply.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new SessionEndedException(DisconnectCauses.Timeout(what));
        }
    }

    private void BecomeReady(Session session)
    {
        if (!session.IsEstablished)
            session.ReadySince = _timeProvider.GetTimestamp();
        session.IsEstablished = true;
        events.Become(new ClientState(ClientPhase.Ready) { Room = view.Room });
    }

#pragma warning disable CA5394 // Nobody gains by guessing a delay.
    private Reconnection? Next(DisconnectCause cause, int attempt, TimeSpan? ready) => Reconnection.After(cause, attempt, ready, options.Reconnect, Random.Shared.NextDouble());
#pragma warning restore CA5394

    /// <summary>Waits before another attempt.</summary>
    /// <returns>False when the application does not want it any more.</returns>
    private async Task<bool> PauseAsync(Reconnection next, DisconnectCause cause, CancellationToken stop)
    {
        var (attempt, delay) = next;
        // Begins before it is told, so that whoever hears of it may turn the clock.
        var pause = Task.Delay(delay, _timeProvider, stop);
        ClientLog.Reconnecting(logger, address.Authority, attempt, delay, cause);
        Become(new ClientState(ClientPhase.Reconnecting) { Attempt = attempt, Delay = delay, Cause = cause });
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }

    private void Close(SessionEndedException? end, TaskCompletionSource connected, Action closing)
    {
        var state = new ClientState(ClientPhase.Closed) { Cause = end?.Cause };
        // Before a handler or anybody else can begin enumerations for the next connection.
        var streams = events.Detach();
        closing();
        Become(state);
        view.Leave();
        foreach (var stream in streams)
            stream.Complete(end is null ? null : Error());
        connected.TrySetException(Error());

        TPacketClientException Error() => end?.Refusal is { } refusal
            ? new RequestRefusedException(refusal, state)
            : new TPacketClientException(end is null ? "The client was closed." : $"The client is closed: {end.Cause}.", state);
    }

    /// <summary>There is no session any more: whoever waits for one is told when the state has been.</summary>
    private void Become(ClientState state)
    {
        events.Become(state);
        _session?.End(state);
        Volatile.Write(ref _session, null);
    }
}
