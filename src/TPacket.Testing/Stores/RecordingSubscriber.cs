using TPacket.Server;

namespace TPacket.Testing;

/// <summary>Records what a store delivers, copies the data, and watches whether the store keeps to <see cref="IRoomSubscriber"/>. Thread-safe.</summary>
public sealed class RecordingSubscriber : IRoomSubscriber
{
    private readonly Lock _gate = new();
    private readonly List<RoomEvent> _events = [];
    private readonly List<RoomSnapshot> _snapshots = [];
    private readonly Dictionary<int, RoomMember> _members = [];
    private TaskCompletionSource _changed = CreateSource();
    private int _calls;

    /// <summary>Every event so far.</summary>
    public RoomEvent[] Events
    {
        get
        {
            lock (_gate)
                return [.. _events];
        }
    }

    /// <summary>Every snapshot so far.</summary>
    public RoomSnapshot[] Snapshots
    {
        get
        {
            lock (_gate)
                return [.. _snapshots];
        }
    }

    /// <summary>The members by the last snapshot and the events behind it, in the order of their ids.</summary>
    public RoomMember[] Members
    {
        get
        {
            lock (_gate)
                return [.. _members.Values.OrderBy(static member => member.Id)];
        }
    }

    /// <summary>Behind the last event or snapshot.</summary>
    public RoomPosition Position { get; private set; }

    /// <summary>Why the subscription has ended; null while it goes on.</summary>
    public Exception? Lost { get; private set; }

    /// <summary>
    /// Null while the store keeps to the rules: it begins with a snapshot, calls one member at a time, leaves out and repeats no event, and calls nothing after the end of the subscription. Else the first rule that it broke.
    /// </summary>
    public string? Violation { get; private set; }

    /// <summary>How many of the next calls with events throw.</summary>
    internal int FailingEvents { get; set; }

    /// <summary>Whether a reset throws.</summary>
    internal bool FailsToReset { get; set; }

    /// <summary>Waits until the subscriber has everything up to a position, or the subscription has ended.</summary>
    /// <param name="position">A position of the log.</param>
    /// <param name="deadline">The longest wait.</param>
    /// <exception cref="TimeoutException">The store did not deliver it in time.</exception>
    public Task ReachAsync(RoomPosition position, TimeSpan deadline) =>
        UntilAsync(subscriber => subscriber.Lost is not null || (subscriber._snapshots.Count > 0 && subscriber.Position.Offset >= position.Offset), deadline);

    /// <summary>Waits until something holds. It is looked at after each call of the store.</summary>
    /// <param name="condition">What has to hold; called under the subscriber's lock.</param>
    /// <param name="deadline">The longest wait.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
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
            Violation ??= $"Event {roomEvent.Offset} came behind {Position.Offset}.";
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
