using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rooms.Turns;
using TPacket.Server.Rules;
using TPacket.Server.Sessions;
using TPacket.Server.Sessions.Limits;
using TPacket.Server.Sessions.Resumption;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Rooms;

/// <summary>
/// A room on this server: the calls of the application and of members. Each change is an event that the room appends to its log.
/// With every store, members receive the events of the log, in the log's order.
/// </summary>
internal sealed class Room : IRoom
{
    private const long NoGrace = -1;

    private readonly RoomRegistry _rooms;
    private readonly RoomSubscription _subscription;
    private readonly TurnQueue _turn;
    private TokenBucket _packets;
    private ItemCollection? _items;
    private long _sessionGrace = NoGrace;
    private int _maxMembers;

    public Room(string name, RoomRegistry rooms)
    {
        Name = name;
        _rooms = rooms;
        _turn = new TurnQueue(name, rooms.TurnDeadline);
        Rules = rooms.Rules.Find(name) is { } binding ? new RulesRoom(this, binding, rooms) : null;
        Delivery = new RoomDelivery(this, rooms);
        Entrance = new RoomEntrance(this, Delivery, rooms);
        _subscription = new RoomSubscription(this, rooms, Delivery, rooms.Observers.Observe(this));
    }

    public string Name { get; }

    /// <summary>The rules of the room; null for none.</summary>
    public RulesRoom? Rules { get; }

    /// <summary>Delivers the events of the log to the members here.</summary>
    public RoomDelivery Delivery { get; }

    /// <summary>Lets users enter and return.</summary>
    public RoomEntrance Entrance { get; }

    public int MemberCount => Delivery.Replica.MemberCount;

    public TimeSpan? SessionGrace
    {
        get => Volatile.Read(ref _sessionGrace) is var ticks and >= 0 ? new TimeSpan(ticks) : null;
        set => Volatile.Write(ref _sessionGrace, value?.Ticks is var ticks and not < 0 ? ticks ?? NoGrace : throw new ArgumentOutOfRangeException(nameof(value), value, "A grace must not be negative."));
    }

    public int? MaxMembers
    {
        get => Volatile.Read(ref _maxMembers) is var most and > 0 ? most : null;
        set => Volatile.Write(ref _maxMembers, value is null or > 0 ? value ?? 0 : throw new ArgumentOutOfRangeException(nameof(value), value, "The limit must be at least 1."));
    }

    /// <summary>The condition of a join; null for none.</summary>
    public AppendCondition? EntryCondition => (MaxMembers ?? _rooms.Options.MaxRoomMembers) is var most and > 0 ? new AppendCondition { MaxMembers = most } : null;

    public IReadOnlyList<RoomMember> Members => Delivery.Replica.CopyMembers();

    public ItemCollection Items => Volatile.Read(ref _items) ?? Interlocked.CompareExchange(ref _items, new ItemCollection(), null) ?? _items;

    public RoomPosition Position => Delivery.Replica.Position;

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

    public StreamHead HeadOf(RoomStream stream) => Delivery.Replica.HeadOf(stream);

    public bool TryGetState<TState>([MaybeNullWhen(false)] out TState state)
        where TState : class
    {
        state = Delivery.State as TState;
        return state is not null;
    }

    public ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _turn.RunGuardedAsync(static call => ThreadPoolDispatcher.RunAsync(static call => call.work(call.room), call), (work, room: this), null);
    }

    /// <summary>Runs a command of a member in the room's turn.</summary>
    public ValueTask RunInTurnAsync(PacketDelegate handle, CommandContext context) =>
        _turn.RunGuardedAsync(static call => call.handle(call.context), (handle, context), context.Command);

    /// <summary>Takes a packet of a member from the room's limit. Called before the packet waits for its turn, by any thread.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="allowance">The member's allowance.</param>
    public bool TryTake(RoomLimit limit, ref PacketAllowance allowance) => allowance.TryTake(limit, ref _packets);

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

    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => _subscription.ReadAsync(after, maxEvents, cancellationToken);

    /// <summary>Renames a member; all members receive DEL_USER and NEW_USER with the same id.</summary>
    public async ValueTask<AppendResult> RenameAsync(Session session, RoomMember renamed)
    {
        var result = await AppendAsync(new RoomAppend(RoomEvent.Renamed(renamed, session.Member!.NickUtf8.ToArray()))).ConfigureAwait(false);
        Delivery.SendPresenceTo(session);
        return result;
    }

    /// <summary>
    /// Appends to the log. The task of a successful append completes after the delivery
    /// has sent the events to the members here, or after the deadline of the store.
    /// </summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time; the task throws it.</exception>
    public ValueTask<AppendResult> AppendAsync(RoomAppend append) => _subscription.AppendAsync(append);

    /// <summary>Returns whether the delivery has sent the members here everything up to a position of the log.</summary>
    public bool HasDelivered(RoomPosition position) => Delivery.Progress.HasReached(position);

    /// <summary>Reads the events from which the state of the room's rules is computed.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents) => _subscription.ReadRulesAsync(after, maxEvents);

    /// <inheritdoc cref="DetachedLog.ReadBasisAsync"/>
    public ValueTask<RulesBasis?> ReadBasisAsync() => DetachedLog.ReadBasisAsync(this, _rooms);

    /// <summary>Appends an event to the log of a room that this server cannot open because of its rules.</summary>
    /// <inheritdoc cref="DetachedLog.AppendAsync"/>
    public ValueTask<AppendResult> AppendUnopenedAsync(RoomEvent roomEvent) => DetachedLog.AppendAsync(this, _rooms, roomEvent);

    /// <inheritdoc cref="RoomSubscription.TryHold"/>
    public bool TryHold() => _subscription.TryHold();

    /// <inheritdoc cref="RoomSubscription.Release"/>
    public void Release() => _subscription.Release();

    /// <inheritdoc cref="RoomSubscription.OpenAsync"/>
    public Task OpenAsync() => _subscription.OpenAsync();

    /// <summary>Opens a new room with the same name, after this room was lost.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public ValueTask<RoomHandle> OpenAgainAsync() => _rooms.OpenAsync(Name);

    /// <inheritdoc cref="RoomSubscription.Lose"/>
    public void Lose(Exception cause) => _subscription.Lose(cause);

    /// <inheritdoc cref="RoomAdmission.TryRemove"/>
    public bool TryRemove(Session session) => Delivery.Admission.TryRemove(session);

    /// <summary>
    /// Releases the hold of a member that was evicted here because the log has its leave,
    /// and closes the member's connection unless the member may enter another room.
    /// </summary>
    public void OnEvicted(Session session, LeaveCause cause)
    {
        RoomRegistry.OnEvicted(session, cause);
        // The store must not be called from within its own call.
        ThreadPool.UnsafeQueueUserWorkItem(static room => room.Release(), this, preferLocal: false);
    }

    /// <exception cref="ArgumentException">The text is too long or not UTF-8.</exception>
    public void ThrowIfNoMessage(ReadOnlySpan<byte> text)
    {
        if (text.Length > _rooms.Options.MaxMessageTextBytes || !Utf8.IsValid(text))
            throw new ArgumentException($"The message must be UTF-8 of at most {_rooms.Options.MaxMessageTextBytes} bytes.", nameof(text));
    }
}
