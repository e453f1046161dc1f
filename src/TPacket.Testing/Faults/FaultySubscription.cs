using TPacket.Server;

namespace TPacket.Testing.Faults;

/// <summary>
/// Wraps a subscriber and injects the faults of deliveries. The subscription delivers an event without a fault at once.
/// Events after an event with a fault wait in a queue, from which one task delivers them.
/// </summary>
internal sealed class FaultySubscription(IRoomStore store, FaultPlan plan, string room, long number, IRoomSubscriber outer) : IRoomSubscriber
{
    private readonly Lock _gate = new();
    private readonly Lock _delivery = new();
    private readonly Queue<Delivery> _queue = new();
    private bool _isDelivering;
    private bool _hasBegun;
    private volatile bool _hasEnded;
    private long _known = RoomPosition.NoEvent;

    /// <summary>The number of earlier subscriptions to the room.</summary>
    public long Number => number;

    public void OnReset(RoomSnapshot snapshot)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Deliver(subscriber => subscriber.OnReset(snapshot), TryReset);
            return;
        }

        lock (_gate)
        {
            _queue.Clear();
            _queue.Enqueue(new Delivery(snapshot, default, null));
            if (_isDelivering)
                return;
            _isDelivering = true;
        }

        _ = DeliverQueueAsync();
    }

    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        lock (_gate)
        {
            // A snapshot may already include the events.
            while (!events.IsEmpty && events[0].Offset <= _known)
                events = events[1..];
            if (events.IsEmpty || _hasEnded)
                return;
            var fault = plan.OfDelivery(room, number, events[0].Offset);
            if (fault is not null || _isDelivering)
            {
                foreach (var roomEvent in events)
                {
                    _queue.Enqueue(new Delivery(null, roomEvent with { Data = roomEvent.Data.ToArray() }, fault));
                    fault = null;
                }

                if (!_isDelivering)
                    _ = DeliverQueueAsync();
                _isDelivering = true;
                return;
            }

            _isDelivering = true;
        }

        RoomEvent[] copies = [.. events];
        var delivered = Deliver(subscriber => subscriber.OnEvents(copies), static _ => false);
        lock (_gate)
        {
            if (delivered && _queue.Count == 0)
            {
                _isDelivering = false;
                return;
            }
        }

        _ = DeliverQueueAsync(resets: !delivered);
    }

    public void OnLost(Exception cause) => Lose(cause);

    /// <summary>Stops all deliveries.</summary>
    public void End()
    {
        // Waits for a call in progress.
        lock (_delivery)
            _hasEnded = true;
    }

    private async Task DeliverQueueAsync(bool resets = false)
    {
        // Asynchronously, because the log must not be called from within its own call.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (resets)
            await ResetAsync().ConfigureAwait(false);
        while (TryPeek(out var next))
        {
            if (next.Fault is { } fault && !plan.IsHealed)
            {
                plan.Record(fault);
                if (fault == StoreFault.SubscriptionLost)
                    Lose(new IOException("The store has lost the room."));
                else if (fault == StoreFault.SubscriptionReset)
                    await ResetAsync().ConfigureAwait(false);
                else
                    await plan.DelayAsync(TimeSpan.Zero, plan.LongDelay, room, ~number, next.Event.Offset).ConfigureAwait(false);
            }

            if (next.Snapshot is { } snapshot)
            {
                Deliver(subscriber => subscriber.OnReset(snapshot), TryReset);
                Skip(snapshot.Position.Offset, with: true);
                continue;
            }

            var batch = TakeBatch();
            if (batch.Length > 0 && !Deliver(subscriber => subscriber.OnEvents(batch), static _ => false))
                await ResetAsync().ConfigureAwait(false);
        }
    }

    private bool TryPeek(out Delivery next)
    {
        lock (_gate)
        {
            if (_hasEnded)
                _queue.Clear();
            _isDelivering = _queue.TryPeek(out next);
            return _isDelivering;
        }
    }

    /// <summary>Takes the next events, up to an event with a fault other than a delay.</summary>
    private RoomEvent[] TakeBatch()
    {
        var batch = new List<RoomEvent>();
        lock (_gate)
        {
            while (_queue.TryPeek(out var next) && next.Snapshot is null && (batch.Count == 0 || next.Fault is null or StoreFault.DeliveryDelayed))
                batch.Add(_queue.Dequeue().Event);
        }

        return [.. batch];
    }

    /// <summary>Continues with a snapshot, like a store that cannot prove that the next event follows the last delivered event.</summary>
    private async Task ResetAsync()
    {
        var probe = new SnapshotProbe();
        try
        {
            var log = await store.OpenAsync(room, probe, default).ConfigureAwait(false);
            await log.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Lose(e);
            return;
        }

        var snapshot = probe.Snapshot!;
        Skip(snapshot.Position.Offset, with: false);
        Deliver(subscriber => subscriber.OnReset(snapshot), TryReset);
    }

    /// <summary>Drops the events that a snapshot includes.</summary>
    private void Skip(long offset, bool with)
    {
        lock (_gate)
        {
            _known = offset;
            while (_queue.TryPeek(out var next) && (next.Snapshot is null ? next.Event.Offset <= offset : with))
            {
                _queue.Dequeue();
                with = false;
            }
        }
    }

    private bool TryReset(Exception error)
    {
        Lose(error);
        return true;
    }

    private void Lose(Exception cause)
    {
        lock (_delivery)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
        }

        // This is the last call of the subscriber, so no other call can overlap it.
        outer.OnLost(cause);
    }

    /// <returns>True if the call was delivered or the subscription has ended; the handler's result if the subscriber throws.</returns>
    private bool Deliver(Action<IRoomSubscriber> call, Func<Exception, bool> onError)
    {
        lock (_delivery)
        {
            if (_hasEnded)
                return true;
            try
            {
                call(outer);
                return true;
            }
            catch (Exception e)
            {
                return onError(e);
            }
        }
    }

    private readonly record struct Delivery(RoomSnapshot? Snapshot, RoomEvent Event, StoreFault? Fault);

    /// <summary>Receives the first snapshot.</summary>
    private sealed class SnapshotProbe : IRoomSubscriber
    {
        public RoomSnapshot? Snapshot { get; private set; }

        public void OnReset(RoomSnapshot snapshot) => Snapshot ??= snapshot;

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
        }

        public void OnLost(Exception cause)
        {
        }
    }
}
