using TPacket.Server;

namespace TPacket.Testing;

/// <summary>
/// A subscriber that records events and snapshots with copies of their data, and checks
/// whether the store keeps to the contract of <see cref="IRoomSubscriber"/>. Thread-safe.
/// </summary>
public sealed class RecordingSubscriber : IRoomSubscriber
{
    private readonly Lock _gate = new();
    private readonly List<RoomEvent> _events = [];
    private readonly List<RoomSnapshot> _snapshots = [];
    private readonly Dictionary<int, RoomMember> _members = [];
    private TaskCompletionSource _changed = CreateSource();
    private int _calls;

    /// <summary>All events so far.</summary>
    public RoomEvent[] Events
    {
        get
        {
            lock (_gate)
                return [.. _events];
        }
    }

    /// <summary>All snapshots so far.</summary>
    public RoomSnapshot[] Snapshots
    {
        get
        {
            lock (_gate)
                return [.. _snapshots];
        }
    }

    /// <summary>The members after the last snapshot and the events that followed it, ordered by id.</summary>
    public RoomMember[] Members
    {
        get
        {
            lock (_gate)
                return [.. _members.Values.OrderBy(static member => member.Id)];
        }
    }

    /// <summary>The position after the last event or snapshot.</summary>
    public RoomPosition Position { get; private set; }

    /// <summary>The cause of the subscription's end; null while it is active.</summary>
    public Exception? Lost { get; private set; }

    /// <summary>
    /// The first violation of the contract; null for none. A store must start with a snapshot, make one
    /// call at a time, neither skip nor repeat events, and make no call after the end of the subscription.
    /// </summary>
    public string? Violation { get; private set; }

    /// <summary>The number of next calls of <see cref="OnEvents"/> that throw.</summary>
    internal int FailingEvents { get; set; }

    /// <summary>Whether <see cref="OnReset"/> throws.</summary>
    internal bool FailsToReset { get; set; }

    /// <summary>Waits until the subscriber has received all events up to a position, or the subscription has ended.</summary>
    /// <param name="position">A position of the log.</param>
    /// <param name="deadline">The longest wait.</param>
    /// <exception cref="TimeoutException">The store did not deliver the events in time.</exception>
    public Task ReachAsync(RoomPosition position, TimeSpan deadline) =>
        UntilAsync(subscriber => subscriber.Lost is not null || (subscriber._snapshots.Count > 0 && subscriber.Position.Offset >= position.Offset), deadline);

    /// <summary>Waits until a condition holds. The method evaluates the condition at once, and after each call of the store.</summary>
    /// <param name="condition">The condition. The method calls it under the subscriber's lock.</param>
    /// <param name="deadline">The longest wait.</param>
    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    public async Task UntilAsync(Func<RecordingSubscriber, bool> condition, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var end = TimeProvider.System.GetUtcNow() + deadline;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition(this))
                    return;
                changed = _changed.Task;
            }

            var left = end - TimeProvider.System.GetUtcNow();
            await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void OnReset(RoomSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Enter(() =>
        {
            if (FailsToReset)
                throw new InvalidDataException("A reset that fails.");
            _snapshots.Add(snapshot);
            _members.Clear();
            foreach (var member in snapshot.Members)
                _members[member.Id] = member;
            Position = snapshot.Position;
        });
    }

    /// <inheritdoc/>
    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        RoomEvent[] copies = [.. events];
        Enter(() =>
        {
            if (_snapshots.Count == 0)
                Violation ??= "Events came before the first snapshot.";
            if (copies.Length == 0)
                Violation ??= "A call had no events.";
            if (FailingEvents > 0)
            {
                FailingEvents--;
                throw new InvalidDataException("Events that fail.");
            }

            foreach (var roomEvent in copies)
                Add(roomEvent);
        });
    }

    /// <inheritdoc/>
    public void OnLost(Exception cause) => Enter(() => Lost = cause);

    private void Add(in RoomEvent roomEvent)
    {
        if (roomEvent.Offset != Position.Offset + 1)
            Violation ??= $"Event {roomEvent.Offset} came after {Position.Offset}.";
        _events.Add(roomEvent with { Data = roomEvent.Data.ToArray() });
        if (roomEvent is { Kind: RoomEventKind.Left, Member: { } gone })
            _members.Remove(gone.Id);
        else if (roomEvent is { ChangesRoster: true, Member: { } member })
            _members[member.Id] = member;
        Position = Position with { Offset = roomEvent.Offset, Check = roomEvent.Check };
    }

    private void Enter(Action action)
    {
        if (Interlocked.Increment(ref _calls) != 1)
            Violation ??= "Two calls overlapped.";
        if (Lost is not null)
            Violation ??= "A call came after the end of the subscription.";
        var changed = default(TaskCompletionSource);
        try
        {
            lock (_gate)
            {
                (changed, _changed) = (_changed, CreateSource());
                action();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
            changed?.SetResult();
        }
    }

    private static TaskCompletionSource CreateSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
