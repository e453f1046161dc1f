using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Diagnostics;
using TPacket.Server.Hosting;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>What every session of a server shares: the policies, the commands, the rooms, and the traces that sessions leave.</summary>
internal sealed class SessionHost(
    CommandTable commands,
    RoomRegistry rooms,
    UserRegistry users,
    NickReservations nicks,
    NickChange nickChange,
    SessionBegin sessionBegin,
    SessionResumption resumption,
    SessionAbsence absence,
    SessionEnd sessionEnd,
    ReplayBudget replays,
    ConnectionLimits limits,
    OpenConnections connections,
    IHandshakePolicy handshakes,
    IServiceScopeFactory scopes,
    Heartbeat heartbeat,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    ServerActivities activities,
    IOptions<TPacketServerOptions> options,
    ILogger<SessionHost> logger)
{
    private readonly byte[] _magicString = Encoding.UTF8.GetBytes(options.Value.MagicString);

    private volatile PacketLimit? _packetLimit = PacketLimit.Create(options.Value, heartbeat, timeProvider);

    public TPacketServerOptions Options { get; } = options.Value;

    public Heartbeat Heartbeat => heartbeat;

    /// <summary>Creates the scopes of commands.</summary>
    public IServiceScopeFactory Scopes => scopes;

    public ServerActivities Activities => activities;

    /// <summary>Bounds what waits for clients that are back.</summary>
    public ReplayBudget Replays => replays;

    /// <summary>How much a client may send; null for no limit.</summary>
    public PacketLimit? PacketLimit => _packetLimit;

    public ReadOnlySpan<byte> MagicString => _magicString;

    /// <summary>The way of a packet that a nick has to come before.</summary>
    public CommandRoute NickRequired => commands.NickRequired;

    public ValueTask<UpgradeDecision> DecideUpgradeAsync(UpgradeRequest request, EndPoint? remote)
    {
        var deciding = handshakes.DecideAsync(new HandshakeRequest(request, remote));
        return deciding.IsCompletedSuccessfully ? new ValueTask<UpgradeDecision>(deciding.Result.Upgrade) : Decide(deciding);

        static async ValueTask<UpgradeDecision> Decide(ValueTask<HandshakeDecision> deciding) => (await deciding.ConfigureAwait(false)).Upgrade;
    }

    /// <summary>The options say anew how much a client may send.</summary>
    public void ReloadLimit() => _packetLimit = PacketLimit.Create(Options, heartbeat, timeProvider);

    /// <summary>The way of a command's packets.</summary>
    public CommandRoute RouteOf(int command) => commands[command];

    public ValueTask EnterRoomAsync(Session session, string name, int? uid) => rooms.EnterAsync(session, name, uid);

    public ValueTask<NickDecision> SetNickAsync(Session session, string nick) =>
        session.UserSession is { } kept ? SetKeptNickAsync(kept, session, nick) : nickChange.SetAsync(session, nick);

    public ValueTask<SessionDecision> BeginSessionAsync(Session session, ReadOnlyMemory<byte> token, TimeSpan grace) => sessionBegin.BeginAsync(session, token, grace);

    public async ValueTask<SessionDecision> ResumeSessionAsync(
        Session session, int uid, ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> nextToken, RoomPosition position, TimeSpan grace)
    {
        // Each asks the store: what a client guesses is bounded.
        if (session.UnknownSessions >= Options.ResumeBurst)
        {
            OnOffence(session, Offence.TooManyUnknownSessions, CloseStatus.PolicyViolation, "too many sessions that are unknown");
            return SessionDecision.Unknown;
        }

        var deadline = session.LiftDeadline();
        try
        {
            var decision = await resumption.ResumeAsync(session, uid, token, nextToken, position, grace).ConfigureAwait(false);
            if (decision.Code == PacketErrorCode.SessionUnknown)
                session.UnknownSessions++;
            return decision;
        }
        finally
        {
            if (session.Member is null)
                session.RestoreDeadline(deadline);
        }
    }

    public void EndSession(UserSession session, string reason) => sessionEnd.End(session, reason);

    /// <summary>Sends a packet its way: the room's turn where its command is for rooms, the filters, the handler.</summary>
    public ValueTask HandleAsync(Session session, CommandContext context, CommandRoute route)
    {
        var room = session.CurrentRoom;
        if (room is not null && route.CountsForRoom && !rooms.TryTake(session, room, context))
            return default;
        metrics.PacketHandled(context.Command);
        return room is not null && route.Scope == CommandScope.Room ? room.RunInTurnAsync(route.Handle, context) : route.Handle(context);
    }

    /// <summary>A client has sent more packets than it may. The answer is all that it gets: no filter, handler or log hears of the packet.</summary>
    /// <param name="session">The client.</param>
    /// <param name="uid">The packet's.</param>
    /// <param name="verdict">Whether the client has gone on for too long, so that its connection is closed.</param>
    public void OnRateLimited(Session session, int uid, PacketVerdict verdict)
    {
        metrics.PacketRefused(nameof(TPacketServerOptions.PacketsPerSecond));
        if (verdict == PacketVerdict.RefusedForTooLong)
            OnOffence(session, Offence.TooManyPackets, CloseStatus.PolicyViolation, "too many packets for too long");
        else
            session.SendPacket(uid, (int)PacketCommand.RespError, (int)PacketErrorCode.RateLimited, 0, "Too many packets; wait a little."u8);
    }

    public void OnSignedIn(Session session)
    {
        users.Add(session);
        metrics.UserSignedIn();
        if (logger.IsEnabled(LogLevel.Debug))
            SessionLog.SignedIn(logger, session.Member!, session.RemoteEndPoint);
    }

    /// <summary>The user of a session is back.</summary>
    public void OnResumed(Session session) => users.Add(session);

    public void OnBadPacket(Session session, PacketReadStatus status)
    {
        metrics.PacketMalformed(status);
        SessionLog.BadPacket(logger, session.RemoteEndPoint, status);
        if (status == PacketReadStatus.BadSignature)
            session.Connection.Close(CloseStatus.InvalidPayloadData, "no tPacket signature");
        else
            session.Connection.Close(CloseStatus.PolicyViolation, "size is not the message's length");
    }

    public void OnOffence(Session session, Offence offence, CloseStatus status, string reason)
    {
        metrics.Offended(offence);
        SessionLog.Offended(logger, session.RemoteEndPoint, offence);
        session.Connection.Close(status, reason);
    }

    public void OnHandlerFailed(CommandContext context, Exception error)
    {
        // A handler that gave up because its client is gone has done as it should, and nobody is there to answer.
        if (error is OperationCanceledException && context.User.Disconnected.IsCancellationRequested)
            return;
        ServerActivities.OnFailed((context as SessionContext)?.Activity, error);
        var (code, text) = error switch
        {
            RoomFullException e => (PacketErrorCode.RoomFull, e.Message),
            RoomRulesException e => (PacketErrorCode.Refused, e.Message),
            RoomStoreException { IsOutcomeUnknown: true } => (PacketErrorCode.Unknown, "The room's store has not answered."),
            RoomStoreException => (PacketErrorCode.StoreFailed, "The room's store failed."),
            TurnTimeoutException => (PacketErrorCode.HandlerFailed, "The room is busy."),
            _ => (PacketErrorCode.HandlerFailed, "The command failed."),
        };
        // The turn's holder is logged, not each of those who wait for it. A full room is no failure.
        if (error is not (TurnTimeoutException or RoomFullException))
            SessionLog.HandlerFailed(logger, error, context.Command);
        context.ReplyError(code, text);
    }

    /// <summary>The services of a command could not be disposed of. Its packet is answered already.</summary>
    public void OnScopeFailed(CommandContext context, Exception error) => SessionLog.HandlerFailed(logger, error, context.Command);

    /// <summary>The handshake policy has thrown, or has decided what cannot be done.</summary>
    public void OnPolicyFailed(EndPoint? remote, Exception error) => ConnectionLog.PolicyFailed(logger, error, remote);

    /// <summary>The engine itself has failed while it served a connection.</summary>
    public void OnConnectionFailed(EndPoint? remote, Exception error) => ConnectionLog.Failed(logger, error, remote);

    public void OnCallbackFailed(AggregateException error) => SessionLog.CallbackFailed(logger, error);

    /// <summary>Takes a session whose connection is gone out of its room, then frees its nick: in that order, so that nobody sees two users of one nick.</summary>
    public void TearDown(Session session) => _ = TearDownAsync(session);

    /// <summary>The connection of a session has ended: its place is free.</summary>
    public void OnConnectionEnded(Session session) => limits.Release(ref session.Place, session.RemoteEndPoint, session.End);

    /// <summary>Takes a session out of its room although a handler of it still runs, once that has had its time.</summary>
    public void TearDownInTime(Session session) => _ = TearDownInTimeAsync(session);

    private async Task TearDownInTimeAsync(Session session)
    {
        var ended = session.WhenTornDown();
        await Task.Delay(Options.HandlerTimeout, timeProvider, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var command = session.HandledCommand;
        if (session.TearDown())
            SessionLog.HandlerAbandoned(logger, command, Options.HandlerTimeout);
    }

    /// <summary>Another connection must not take the user over while its nick changes.</summary>
    private async ValueTask<NickDecision> SetKeptNickAsync(UserSession kept, Session session, string nick)
    {
        if (!await kept.TryEnterAsync().ConfigureAwait(false))
            throw new RoomStoreException("The session of the user is busy.", isOutcomeUnknown: false);
        try
        {
            return kept.Connection == session
                ? await nickChange.SetAsync(session, nick).ConfigureAwait(false)
                : NickDecision.Refuse(PacketErrorCode.Refused, "The session is on another connection.");
        }
        finally
        {
            kept.Exit();
        }
    }

    private async Task TearDownAsync(Session session)
    {
        try
        {
            if (session.UserSession is not null && await absence.TryKeepAsync(session).ConfigureAwait(false))
                return;
            // The store may have added the session after it was asked to end it.
            if (session is { UserSession: null, SessionCleanUp: not null, Member: { } unserved })
                _ = sessionEnd.EndRecordAsync(unserved.Session, unserved.Generation);
            if (session.Member is null)
                return;
            var leaving = await session.LeaveAsync().ConfigureAwait(false);
            await leaving.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SessionLog.TearDownFailed(logger, e);
        }
        finally
        {
            connections.Remove(session);
        }
    }

    /// <summary>Takes a user out of its room, then frees its nick.</summary>
    /// <returns>Completes when the nick is free, with what completes when the log of the room has the leave.</returns>
    public async Task<Task> LeaveAsync(Session session)
    {
        var nick = session.Nick;
        // Which room the user leaves last, and with which nick, is known.
        var isSettled = session.Departure.IsCompleted && session.Rename.IsCompleted && !session.Moves.IsTaken;
        if (isSettled)
            rooms.LeavingNicks.Begin(nick);
        Task leaving;
        try
        {
            leaving = rooms.LeaveAsync(session, LeaveCause.Disconnected);
            // The log has the leave when it is delivered, also where the store's answer is lost.
            await (isSettled && !leaving.IsCompleted ? Task.WhenAny(leaving, rooms.LeavingNicks.WhenAnnounced(nick)) : leaving).ConfigureAwait(false);
            users.Remove(session);
            metrics.UserSignedOut();
            // A user whose nick is taken over leaves before its connection has ended.
            SessionLog.SignedOut(logger, session.Member!, session.End.Cause == EndCause.None ? EndCause.ClosedHere : session.End.Cause);
            // Until the log has said which of two nicks is the user's, both are reserved.
            await session.Rename.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await nicks.ReleaseAsync(session.Nick, session).ConfigureAwait(false);
        }
        finally
        {
            if (isSettled)
                rooms.LeavingNicks.End(nick);
        }

        return leaving;
    }
}
