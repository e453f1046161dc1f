using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Rules;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Rooms;

/// <summary>
/// A room on this server: the subscription to its log, and the members here. What they receive is what the log says, in the log's order, so that it is the same for everybody
/// whichever store runs. It is open as long as somebody holds it: a member here, one on its way in or out, or the application.
/// </summary>
internal sealed class Room : IRoom, IRoomSubscriber
{
    private const int Closed = -1;
    private const long NoGrace = -1;

    private readonly Lock _gate = new();
    private readonly RoomRegistry _rooms;
    private readonly RoomDelivery _delivery;
    private readonly TurnQueue _turn;
    private readonly RoomObservation? _observation;
    private TokenBucket _packets;
    private ItemCollection? _items;
    private Task? _opening;
    private volatile IRoomLog? _log;
    private int _holds;
    private long _sessionGrace = NoGrace;
    private int _maxMembers;

    public Room(string name, RoomRegistry rooms)
    {
        Name = name;
        _rooms = rooms;
        _turn = new TurnQueue(name, rooms.TurnDeadline);
        Rules = rooms.Rules.Find(name) is { } binding ? new RulesRoom(this, binding, rooms) : null;
        _delivery = new RoomDelivery(this, rooms);
        Entrance = new RoomEntrance(this, _delivery, rooms);
        _observation = rooms.Observers.Observe(this);
    }

    public string Name { get; }

    /// <summary>The rules of the room; null for none.</summary>
    public RulesRoom? Rules { get; }

    public RoomDelivery Delivery => _delivery;

    public int MemberCount => _delivery.MemberCount;

    public TimeSpan? SessionGrace
    {
        get => Volatile.Read(ref _sessionGrace) is var ticks and >= 0 ? new TimeSpan(ticks) : null;
        set => Volatile.Write(ref _sessionGrace, value?.Ticks is var ticks and not < 0 ? ticks ?? NoGrace : throw new ArgumentOutOfRangeException(nameof(value), value, "A grace is not negative."));
    }

    public int? MaxMembers
    {
        get => Volatile.Read(ref _maxMembers) is var most and > 0 ? most : null;
        set => Volatile.Write(ref _maxMembers, value is null or > 0 ? value ?? 0 : throw new ArgumentOutOfRangeException(nameof(value), value, "A room has one member at least."));
    }

    /// <summary>What has to hold for a user to enter; null for nothing.</summary>
    internal AppendCondition? EntryCondition => (MaxMembers ?? _rooms.Options.MaxRoomMembers) is var most and > 0 ? new AppendCondition { MaxMembers = most } : null;

    public IReadOnlyList<RoomMember> Members => _delivery.CopyMembers();

    public ItemCollection Items => Volatile.Read(ref _items) ?? Interlocked.CompareExchange(ref _items, new ItemCollection(), null) ?? _items;

    public RoomPosition Position => _delivery.Position;

    /// <summary>Lets users in.</summary>
    internal RoomEntrance Entrance { get; }

    /// <summary>How many appends wait until their events are delivered here.</summary>
    internal int UndeliveredAppends => _delivery.WaiterCount;

    public IUser? FindUser(RoomMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return _rooms.Users.Find(member.Id) switch
        {
            Session session when session.CurrentRoom == this && session.Member?.Session == member.Session => session,
            AwayUser away when away.HeldRoom == this && away.Member.Session == member.Session => away,
            _ => null,
        };
    }

    public StreamHead HeadOf(RoomStream stream) => _delivery.HeadOf(stream);

    void IRoomSubscriber.OnReset(RoomSnapshot snapshot)
    {
        var batch = FlushBatch.Enter();
        try
        {
            if (_delivery.OnReset(snapshot))
                ThreadPool.UnsafeQueueUserWorkItem(static room => _ = room.ComputeAgainAsync(), this, preferLocal: false);
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
        _rooms.OnLost(this, cause, _delivery.End());
        // The store must not be called from within its own call.
        ThreadPool.UnsafeQueueUserWorkItem(static room => room.Close(), this, preferLocal: false);
    }

    /// <summary>The room cannot go on here: its members are closed with 1013 and reconnect to a room that is opened anew.</summary>
    public void Lose(Exception cause)
    {
        _rooms.OnLost(this, cause, _delivery.End());
        Close();
    }

    public bool TryGetState<TState>([MaybeNullWhen(false)] out TState state)
        where TState : class
    {
        state = _delivery.State as TState;
        return state is not null;
    }

    public ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _turn.RunGuardedAsync(static call => ThreadPoolDispatcher.RunAsync(static call => call.work(call.room), call), (work, room: this), null);
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

    public ValueTask<AppendResult> DeleteAsync(long offset) => AppendAsync(new RoomAppend(RoomEvent.Deletion(offset)));

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

    /// <summary>Reads the events that the state of the room's rules is computed from.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents) => _log is { } log
        ? _rooms.StoreDeadline.WaitAsync(log.ReadRulesAsync(after, maxEvents, default), Name)
        : throw new RoomStoreException($"Room '{Printable.Escape(Name)}' is closed.", isOutcomeUnknown: false);

    /// <summary>Reads the state of the room's rules that was written last, and its position; null where the room has no rules.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<RulesBasis?> ReadBasisAsync()
    {
        var reader = new BasisReader();
        _ = _rooms.DisposeAsync(this, await OpenBesideAsync(reader).ConfigureAwait(false));
        return reader.Basis;
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

    /// <summary>Opens the room of this name anew, after this one was lost.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public ValueTask<RoomHandle> OpenAgainAsync() => _rooms.OpenAsync(Name);

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
            else if (Rules is not null)
                await ComputeAsync(Rules).ConfigureAwait(false);
            else if (_delivery.RulesName is { } rules)
                throw new RoomRulesException($"Room '{Printable.Escape(Name)}' has the rules '{Printable.Escape(rules)}', which this server does not have.");
            // The task of an open room would hold everything that it was opened with.
            lock (_gate)
                _opening = Task.CompletedTask;
        }
        catch (RoomRulesException)
        {
            Close();
            throw;
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

        Rules?.Close();
        _observation?.OnClosed();
        _rooms.Remove(this);
        if (log is not null)
            _ = _rooms.DisposeAsync(this, log);
    }

    /// <summary>The rules run outside of the lock that the room is opened under.</summary>
    private static async Task ComputeAsync(RulesRoom rules)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await rules.ComputeAsync().ConfigureAwait(false);
    }

    private async Task ComputeAgainAsync()
    {
        if (!TryHold())
            return;
        try
        {
            await Rules!.ComputeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Lose(e);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Appends an event to the log of a room that this server cannot open because of its rules.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<AppendResult> AppendUnopenedAsync(RoomEvent roomEvent)
    {
        var log = await OpenBesideAsync(SilentSubscriber.Instance).ConfigureAwait(false);
        try
        {
            return await _rooms.StoreDeadline.WaitAsync(log.AppendAsync(new RoomAppend(roomEvent)), Name).ConfigureAwait(false);
        }
        finally
        {
            _ = _rooms.DisposeAsync(this, log);
        }
    }

    /// <summary>Opens the log once more, for another subscriber.</summary>
    private async ValueTask<IRoomLog> OpenBesideAsync(IRoomSubscriber subscriber)
    {
        var opening = _rooms.Store.OpenAsync(Name, subscriber, default).AsTask();
        try
        {
            return await _rooms.StoreDeadline.WaitAsync(new ValueTask<IRoomLog>(opening), Name).ConfigureAwait(false);
        }
        catch (Exception)
        {
            if (!opening.IsCompletedSuccessfully)
                _rooms.DisposeWhenOpen(this, opening);
            throw;
        }
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
