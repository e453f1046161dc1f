using System.Collections.Concurrent;
using TPacket.Server;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>Wraps a subscriber, and breaks the rules about deliveries.</summary>
internal sealed class BrokenSubscriber(BrokenStore store, IRoomSubscriber inner) : IRoomSubscriber
{
    private readonly ConcurrentDictionary<long, RoomPosition> _positions = new();
    private readonly Lock _gate = new();
    private List<RoomEvent>? _held;
    private RoomSnapshot _heldSnapshot = null!;
    private ulong _epoch;
    private bool _hasSnapshot;
    private bool _hasEnded;

    private Rule Broken => store.Broken;

    public void OnReset(RoomSnapshot snapshot)
    {
        _epoch = snapshot.Position.Epoch;
        if (snapshot.Rules is { } rules)
            _positions[rules.Position.Offset] = rules.Position;
        if (Broken == Rule.RulesAreInSnapshots || (Broken == Rule.KeptRulesGoOn && store.IsNextServer))
            snapshot = snapshot with { Rules = null };
        _positions[snapshot.Position.Offset] = snapshot.Position;
        if (Broken == Rule.SnapshotsComeFirst && !_hasSnapshot)
        {
            // The log's first call delivers it, or else the timer: in either case after the room is open.
            (_held, _heldSnapshot) = ([], snapshot);
            _ = Task.Delay(store.Lateness).ContinueWith(_ => ReleaseHeld(), TaskScheduler.Default);
        }
        else if (Broken == Rule.SubscriptionsBeginWithASnapshot && !_hasSnapshot)
        {
            inner.OnReset(snapshot with { Members = [], History = [], Streams = [] });
        }
        else if (Broken == Rule.SnapshotsAreOfTheirPosition && snapshot.Members.Count > 2)
        {
            // The snapshot lacks a member that entered before its position.
            inner.OnReset(snapshot with { Members = [.. snapshot.Members.Skip(1)] });
        }
        else if (Broken != Rule.FaultySubscribersAreReset || !_hasSnapshot)
        {
            inner.OnReset(snapshot);
        }

        _hasSnapshot = true;
    }

    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        RoomEvent[] copies = [.. events];
        foreach (var roomEvent in copies)
            _positions[roomEvent.Offset] = new RoomPosition(_epoch, roomEvent.Offset, roomEvent.Check);
        lock (_gate)
        {
            if (_held is not null)
            {
                _held.AddRange(copies.Select(e => e with { Data = e.Data.ToArray() }));
                return;
            }
        }

        if (Broken == Rule.EventsAreDeliveredOnce && copies[0].Offset == 350)
            inner.OnEvents(copies);
        if (Broken == Rule.EventsAreNotLost && copies[0].Offset == 350)
            return;
        if (store.LostEvents > 0)
        {
            store.LostEvents--;
            return;
        }

        if (Broken == Rule.TimeDoesNotGoBack)
            copies = [.. copies.Select(roomEvent => roomEvent with { Time = store.Time.GetUtcNow().ToUnixTimeMilliseconds() })];
        inner.OnEvents(copies);
    }

    public void OnLost(Exception cause)
    {
        if (Broken != Rule.LostSubscribersHearOfIt)
            inner.OnLost(cause);
    }

    public void End()
    {
        lock (_gate)
            _hasEnded = true;
    }

    /// <summary>Delivers the held snapshot and the events after it.</summary>
    public void ReleaseHeld()
    {
        lock (_gate)
        {
            if (_hasEnded || _held is null)
                return;
            inner.OnReset(_heldSnapshot);
            foreach (var roomEvent in _held)
                inner.OnEvents([roomEvent]);
            _held = null;
        }
    }

    public bool Knows(RoomPosition position) => _positions.TryGetValue(position.Offset, out var known) && known == position;

    /// <summary>Corrects a wrong position, which the store has to refuse.</summary>
    public RoomPosition Mend(RoomPosition position) => Broken switch
    {
        Rule.EpochsAreChecked => position with { Epoch = _epoch },
        Rule.ChecksAreChecked when _positions.TryGetValue(position.Offset, out var known) => position with { Check = known.Check },
        _ => position,
    };

    /// <summary>Corrects a wrong position for reading the events of rules.</summary>
    public RoomPosition MendRules(RoomPosition position) =>
        Broken == Rule.RulesPositionsAreChecked && _positions.TryGetValue(position.Offset, out var known) ? known : position;
}
