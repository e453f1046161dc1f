using System.Text;
using System.Text.Unicode;
using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Rooms;

/// <summary>
/// A room on this server: the subscription to its log, and the members here. What they receive is what the log says, in the log's order, so that it is the same for everybody
/// whichever store runs. It is open as long as somebody holds it: a member here, one on its way in or out, or the application.
/// </summary>
internal sealed class Room : IRoom, IRoomSubscriber
{
    private const int Closed = -1;
    private const int ReplayPageEvents = 256;
    private const long NoGrace = -1;

    private readonly Lock _gate = new();
    private readonly RoomRegistry _rooms;
    private readonly RoomDelivery _delivery;
    private readonly TurnQueue _turn;
    private readonly RoomObservation? _observation;
    private TokenBucket _packets;
    private Task? _opening;
    private volatile IRoomLog? _log;
    private int _holds;
    private long _sessionGrace = NoGrace;

    public Room(string name, RoomRegistry rooms)
    {
        Name = name;
        _rooms = rooms;
        _turn = new TurnQueue(name, rooms.TurnDeadline);
        _delivery = new RoomDelivery(this, rooms);
        _observation = rooms.Observers.Observe(this);
    }

    public string Name { get; }

    public int MemberCount => _delivery.MemberCount;

    public TimeSpan? SessionGrace
    {
        get => Volatile.Read(ref _sessionGrace) is var ticks and >= 0 ? new TimeSpan(ticks) : null;
        set => Volatile.Write(ref _sessionGrace, value?.Ticks is var ticks and not < 0 ? ticks ?? NoGrace : throw new ArgumentOutOfRangeException(nameof(value), value, "A grace is not negative."));
    }

    public IReadOnlyList<RoomMember> Members => _delivery.CopyMembers();

    public RoomPosition Position => _delivery.Position;

    /// <summary>How many appends wait until their events are delivered here.</summary>
    internal int UndeliveredAppends => _delivery.WaiterCount;

    public StreamHead HeadOf(RoomStream stream) => _delivery.HeadOf(stream);

    void IRoomSubscriber.OnReset(RoomSnapshot snapshot)
    {
        var batch = FlushBatch.Enter();
        try
        {
            _delivery.OnReset(snapshot);
            _observation?.OnReset();
        }
        finally
        {
            batch.Exit();
        }
    }

    void IRoomSubscriber.OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        // A store that delivers later, on a thread of its own, has no batch: each member gets one write for all events together.
        var batch = FlushBatch.Enter();
        try
        {
            _delivery.OnEvents(events);
            _observation?.OnEvents(events);
        }
        catch (Exception e)
        {
            // The store answers with a snapshot, and keeps the fault from whoever has appended.
            _rooms.OnDeliveryFailed(this, e);
            throw;
        }
        finally
        {
            batch.Exit();
        }
    }

    void IRoomSubscriber.OnLost(Exception cause)
    {
        // The members here are closed with 1013 and reconnect to a room that is opened anew. The store must not be called from within its own call.
        _rooms.OnLost(this, cause, _delivery.End());
        ThreadPool.UnsafeQueueUserWorkItem(static room => room.Close(), this, preferLocal: false);
    }

    public ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _turn.RunGuardedAsync(static call => OffLoop.RunAsync(static call => call.work(call.room), call), (work, room: this), null);
    }

    /// <summary>Takes a packet of a member from what the room may handle. Called before the packet waits for its turn, by any thread.</summary>
    /// <param name="limit">How much the room may handle.</param>
    /// <param name="allowance">The member's.</param>
    public bool TryTake(RoomLimit limit, ref PacketAllowance allowance) => allowance.TryTake(limit, ref _packets);

    /// <summary>Runs a command of a member in the room's turn.</summary>
    public ValueTask RunInTurnAsync(PacketDelegate handle, CommandContext context) =>
        _turn.RunGuardedAsync(static call => call.handle(call.context), (handle, context), context.Command);

    public async ValueTask<AppendResult> BroadcastAsync(int command, int p1, int p2, ReadOnlyMemory<byte> data, AppendCondition? condition)
    {
        if (!CommandRange.IsApplication(command))
            throw new ArgumentOutOfRangeException(nameof(command), command, $"An application's commands are {CommandRange.FirstApplication} and up.");
        return await AppendAsync(new RoomAppend(RoomEvent.Packet(command, p1, p2, data)) { Condition = condition }).ConfigureAwait(false);
    }

    public ValueTask<AppendResult> SayAsync(IUser sender, ReadOnlyMemory<byte> text)
    {
        if (sender is not Session session || session.CurrentRoom != this)
            throw new ArgumentException("The sender is not in this room.", nameof(sender));
        ThrowIfNoMessage(text.Span);
        return AppendAsync(new RoomAppend(RoomEvent.Message(session.Member!, text)));
    }

    public ValueTask<AppendResult> AnnounceAsync(string text)
    {
        var utf8 = LoggedText.Cut(Encoding.UTF8.GetBytes(text), _rooms.Options.MaxLoggedMessageBytes).ToArray();
        return AppendAsync(new RoomAppend(RoomEvent.Announcement(utf8)));
    }

    public ValueTask<AppendResult> RemoveAsync(RoomMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return AppendAsync(new RoomAppend(RoomEvent.Left(member, LeaveCause.Removed)));
    }

    public async ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        if (_log is not { } log)
            return new RoomPage(true, default, []);
        try
        {
            return await _rooms.StoreDeadline.WaitAsync(log.ReadAsync(after, maxEvents, cancellationToken), Name).ConfigureAwait(false);
        }
        catch (Exception e) when ((e.InnerException ?? e) is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e)
        {
            var failure = StoreDeadline.Failure(e, Name);
            // A read changes nothing.
            throw failure.IsOutcomeUnknown ? new RoomStoreException(failure.Message, isOutcomeUnknown: false, failure) : failure;
        }
    }

    /// <exception cref="ArgumentException">The text is too long or not UTF-8.</exception>
    public void ThrowIfNoMessage(ReadOnlySpan<byte> text)
    {
        if (text.Length > _rooms.Options.MaxMessageTextBytes || !Utf8.IsValid(text))
            throw new ArgumentException($"A message is at most {_rooms.Options.MaxMessageTextBytes} bytes of UTF-8.", nameof(text));
    }

    /// <summary>Whether the members here were sent everything up to a position of the log.</summary>
    public bool HasDelivered(RoomPosition position) => _delivery.HasReachedNow(position);

    /// <summary>Appends to the log. A success completes after the members here were sent the events.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time; the task throws it.</exception>
    public ValueTask<AppendResult> AppendAsync(RoomAppend append)
    {
        // A room that was never opened or is gone has nobody to tell.
        if (_log is not { } log)
            return new ValueTask<AppendResult>(new AppendResult(AppendStatus.Closed, default));
        ValueTask<AppendResult> appending;
        // A store may deliver while it holds a lock: what is sent leaves when it has let go.
        var batch = FlushBatch.Enter();
        try
        {
            appending = log.AppendAsync(append);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<AppendResult>(StoreDeadline.Failure(e, Name));
        }
        finally
        {
            batch.Exit();
        }

        if (!appending.IsCompletedSuccessfully)
            return AppendSlow(appending);
        var result = appending.Result;
        return IsDelivered(result) ? new ValueTask<AppendResult>(result) : DeliverSlow(result);
    }

    /// <summary>Lets a user in: the log gets its join, and leaves the room that it was in behind.</summary>
    /// <param name="session">The user's connection.</param>
    /// <param name="from">The room that the user is in, which sends it nothing more when it enters this one.</param>
    /// <param name="uid">The uid of the request, which RESP_OK answers; null where the host moves the user.</param>
    /// <returns>False when the room is gone; a new one has to be made.</returns>
    /// <exception cref="RoomStoreException">The user is not in the room, and where it was before.</exception>
    public async ValueTask<bool> EnterAsync(Session session, Room? from, int? uid)
    {
        if (!TryHold())
            return false;
        var member = session.Member!;
        try
        {
            await OpenAsync().ConfigureAwait(false);
            await RemoveEarlierAsync(member).ConfigureAwait(false);
            var joined = await AppendAsync(new RoomAppend(RoomEvent.Joined(member))).ConfigureAwait(false);
            if (!joined.IsAppended)
                throw new RoomStoreException($"The log of room '{Printable.Escape(Name)}' does not take user {member.Id}: {joined.Status}.", isOutcomeUnknown: false);
            // The newcomer's roster comes from the replica, which has to have the join.
            if (!_delivery.CanAdmit(member, joined.Position))
                throw new RoomStoreException($"The store of room '{Printable.Escape(Name)}' did not deliver in time that user {member.Id} has joined.", isOutcomeUnknown: true);
        }
        catch (RoomStoreException e) when (e.IsOutcomeUnknown)
        {
            // The log may have the join: it is taken back by the very session that made it.
            session.Departure = _rooms.Departures.LeaveAsync(this, member, LeaveCause.Moved);
            throw;
        }
        catch
        {
            Release();
            throw;
        }

        var left = from?.TryRemove(session) == true;
        var isAdmitted = false;
        try
        {
            isAdmitted = _delivery.TryAdmit(session, EntryReply.Ok(uid));
        }
        finally
        {
            if (!isAdmitted)
                session.Departure = _rooms.Departures.LeaveAsync(this, member, LeaveCause.Disconnected);
            if (left)
                session.Departure = _rooms.Departures.LeaveAsync(from!, member, LeaveCause.Moved);
        }

        // It was removed, or the room was lost, in this very moment.
        if (!isAdmitted && !session.IsTornDown)
            session.Connection.Close(CloseStatus.TryAgainLater, "the room has the user no more");
        return true;
    }

    /// <summary>Has a member come back on another connection: the log gets it, and the member what it has missed. The caller holds the room; the hold is the member's from then on.</summary>
    /// <param name="session">The new connection.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="position">Behind the last event that the client has; null where it has to be sent a snapshot.</param>
    /// <returns>False when the log has the user no more; the hold is the caller's still.</returns>
    /// <exception cref="RoomStoreException">The store failed, or the connection is gone.</exception>
    public async ValueTask<bool> ReturnAsync(Session session, int uid, RoomPosition? position)
    {
        var member = session.Member!;
        var returned = await AppendAsync(new RoomAppend(RoomEvent.Returned(member))).ConfigureAwait(false);
        if (returned.Status == AppendStatus.Closed)
            throw new RoomStoreException($"Room '{Printable.Escape(Name)}' was lost.", isOutcomeUnknown: true);
        if (!returned.IsAppended)
            return false;
        if (!HasDelivered(returned.Position))
            throw new RoomStoreException($"The store of room '{Printable.Escape(Name)}' did not deliver in time that user {member.Id} is back.", isOutcomeUnknown: true);
        // A server that was killed between the two may have changed the nick in the log and not in the session's record. The record's nick is the one that is reserved.
        if (_delivery.Find(member) is { } there && there.Nick != member.Nick)
            await AppendAsync(new RoomAppend(RoomEvent.Renamed(member, there.NickUtf8.ToArray()))).ConfigureAwait(false);
        if (await TryAdmitReturnedAsync(session, uid, position).ConfigureAwait(false))
            return true;
        return session.IsTornDown || _delivery.HasEnded
            ? throw new RoomStoreException($"User {member.Id} did not come back to room '{Printable.Escape(Name)}'.", isOutcomeUnknown: true)
            : false;
    }

    /// <summary>Opens the room of this name anew, after this one was lost.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public ValueTask<RoomHandle> OpenAgainAsync() => _rooms.OpenAsync(Name);

    /// <summary>Sends a member roster and history once more.</summary>
    /// <returns>False when the member is not here any more.</returns>
    public bool TryWelcomeAgain(Session session, int? uid) => TryHold() && WelcomeHeld(session, EntryReply.Ok(uid));

    /// <summary>Sends a connection nothing more. The caller has the member leave the log.</summary>
    /// <returns>False when it was no member here.</returns>
    public bool TryRemove(Session session) => _delivery.TryRemove(session);

    /// <summary>Gives a member a new nick; everybody gets DEL_USER and NEW_USER with the same id.</summary>
    public async ValueTask<AppendResult> RenameAsync(Session session, RoomMember renamed)
    {
        var result = await AppendAsync(new RoomAppend(RoomEvent.Renamed(renamed, session.Member!.NickUtf8.ToArray()))).ConfigureAwait(false);
        _delivery.SendPresenceTo(session);
        return result;
    }

    /// <summary>The log has a member no more whose connection is here.</summary>
    public void OnExpelled(Session session, LeaveCause cause)
    {
        RoomRegistry.OnExpelled(session, cause);
        // The store is not called from within its own call.
        ThreadPool.UnsafeQueueUserWorkItem(static room => room.Release(), this, preferLocal: false);
    }

    /// <summary>Keeps the room open.</summary>
    /// <returns>False when it is gone already.</returns>
    public bool TryHold()
    {
        lock (_gate)
        {
            if (_holds == Closed)
                return false;
            _holds++;
            return true;
        }
    }

    /// <summary>Opens the log, for whoever comes first; a room that cannot be opened is gone.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public Task OpenAsync()
    {
        lock (_gate)
            return _opening ??= OpenOnceAsync();
    }

    /// <summary>Lets the room go; without anybody who holds it, it closes.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_holds == Closed || --_holds > 0)
                return;
        }

        Close();
    }

    /// <summary>The log may have an earlier connection of the user, where a server ended while the user moved on.</summary>
    private async ValueTask RemoveEarlierAsync(RoomMember member)
    {
        if (member.Generation > 0 && _delivery.FindEarlier(member) is { } earlier)
            await AppendAsync(new RoomAppend(RoomEvent.Left(earlier, LeaveCause.NodeLost))).ConfigureAwait(false);
    }

    private async ValueTask<bool> TryAdmitReturnedAsync(Session session, int uid, RoomPosition? position)
    {
        if (position is not { } last || _delivery.BeginReturn(session) is not { } returning)
            return Count(_delivery.TryAdmit(session, new EntryReply(uid, PacketCommand.Resume, 1, session.Id)), "Snapshot");
        ReplayFrames? missed = null;
        try
        {
            missed = await ReadMissedAsync(returning, last).ConfigureAwait(false);
            bool isAdmitted;
            // Its frames leave in one write.
            var batch = FlushBatch.Enter();
            try
            {
                isAdmitted = _delivery.TryAdmit(returning, missed, uid);
            }
            finally
            {
                batch.Exit();
            }

            return Count(isAdmitted, returning.IsReplayed ? "Replay" : "Snapshot");
        }
        finally
        {
            missed?.Release();
            _delivery.EndReturn(returning);
        }
    }

    private bool Count(bool isAdmitted, string outcome)
    {
        if (isAdmitted)
            _rooms.Metrics.Resumed(outcome);
        return isAdmitted;
    }

    /// <summary>Reads what a member has missed.</summary>
    /// <returns>Null where the log cannot continue the member's position, or not within the bounds of a replay.</returns>
    private async ValueTask<ReplayFrames?> ReadMissedAsync(Returning returning, RoomPosition position)
    {
        // Its own return is behind whatever it has received.
        if (position.Epoch != returning.From.Epoch || position.Offset >= returning.From.Offset)
            return null;
        var missed = returning.CreateFrames();
        var isWhole = false;
        try
        {
            isWhole = await TryReadAsync(returning, position, missed).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            // The snapshot needs no store.
            _rooms.OnReplayFailed(this, e);
        }
        finally
        {
            if (!isWhole)
                missed.Release();
        }

        return isWhole ? missed : null;
    }

    private async ValueTask<bool> TryReadAsync(Returning returning, RoomPosition position, ReplayFrames missed)
    {
        // How many more members there were than at the client's position, after each event and at most.
        var (more, most) = (0, 0);
        while (position.Offset < returning.From.Offset)
        {
            var page = await ReadAsync(position, ReplayPageEvents, CancellationToken.None).ConfigureAwait(false);
            if (page.IsGone || page.Events.Count == 0)
                return false;
            foreach (var roomEvent in page.Events)
            {
                if (roomEvent.Offset > returning.From.Offset)
                    break;
                if (!missed.TryAdd(roomEvent))
                    return false;
                more += roomEvent.Kind switch
                {
                    RoomEventKind.Joined => 1,
                    RoomEventKind.Left => -1,
                    _ => 0,
                };
                most = Math.Max(most, more);
            }

            position = page.Position;
        }

        // One that counts was not told of everybody while the room was large.
        return !returning.Member.Accepts((int)PacketCommand.MemberCount) || returning.MemberCount - more + most < _rooms.Options.LargeRoomMembers;
    }

    private bool WelcomeHeld(Session session, EntryReply? reply)
    {
        // The hold that the member has already is enough.
        var isRemoved = _delivery.TryRemove(session);
        var isWelcome = isRemoved && _delivery.TryAdmit(session, reply);
        if (isRemoved && !isWelcome)
            session.Departure = _rooms.Departures.LeaveAsync(this, session.Member!, LeaveCause.Moved);
        Release();
        return isWelcome;
    }

    private async Task OpenOnceAsync()
    {
        var opening = default(Task<IRoomLog>);
        try
        {
            opening = _rooms.Store.OpenAsync(Name, this, default).AsTask();
            var log = await _rooms.StoreDeadline.WaitAsync(new ValueTask<IRoomLog>(opening), Name).ConfigureAwait(false);
            bool isClosed;
            lock (_gate)
            {
                isClosed = _holds == Closed;
                _log = isClosed ? null : log;
            }

            if (isClosed)
                await _rooms.DisposeAsync(this, log).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Close();
            if (opening is { IsCompletedSuccessfully: false })
                _rooms.DisposeWhenOpen(this, opening);
            throw new RoomStoreException($"The store of room '{Printable.Escape(Name)}' cannot open it.", isOutcomeUnknown: false, e);
        }
    }

    private void Close()
    {
        IRoomLog? log;
        lock (_gate)
        {
            if (_holds == Closed)
                return;
            _holds = Closed;
            log = _log;
            _log = null;
        }

        _observation?.OnClosed();
        _rooms.Remove(this);
        if (log is not null)
            _ = _rooms.DisposeAsync(this, log);
    }

    private bool IsDelivered(in AppendResult result) => !result.IsAppended || _delivery.HasReachedNow(result.Position);

    private async ValueTask<AppendResult> AppendSlow(ValueTask<AppendResult> appending)
    {
        var result = await _rooms.StoreDeadline.WaitAsync(appending, Name).ConfigureAwait(false);
        return IsDelivered(result) ? result : await DeliverSlow(result).ConfigureAwait(false);
    }

    private async ValueTask<AppendResult> DeliverSlow(AppendResult result)
    {
        // A reply follows the event that it is about. If the subscription is late for the whole timeout, the store has to heal it.
        await _delivery.ReachAsync(result.Position).ConfigureAwait(false);
        return result;
    }
}
