using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

/// <summary>Keeps what it receives, with a copy of the data, which is valid during the call only. Throws where it is told to.</summary>
public sealed class RecordingSubscriber : IRoomSubscriber
{
    private readonly List<RoomEvent> _events = [];
    private readonly List<RoomSnapshot> _snapshots = [];
    private int _calls;

    /// <summary>Every event so far.</summary>
    public RoomEvent[] Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    /// <summary>Every snapshot so far.</summary>
    public RoomSnapshot[] Snapshots
    {
        get
        {
            lock (_events)
                return [.. _snapshots];
        }
    }

    /// <summary>Whether it was ever called by two threads at a time.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Whether events were ever delivered that did not follow what was delivered before.</summary>
    public bool HasSeenGap { get; private set; }

    /// <summary>How many of the next calls with events throw.</summary>
    public int FailingEvents { get; set; }

    /// <summary>Whether a reset throws.</summary>
    public bool FailsToReset { get; set; }

    /// <summary>Why the subscription has ended; null while it goes on.</summary>
    public Exception? Lost { get; private set; }

    /// <summary>Behind the last event or snapshot.</summary>
    public RoomPosition Position { get; private set; }

    public void OnReset(RoomSnapshot snapshot) => Enter(() =>
    {
        if (FailsToReset)
            throw new InvalidDataException("A reset that fails.");
        _snapshots.Add(snapshot);
        Position = snapshot.Position;
    });

    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        RoomEvent[] copies = [.. events];
        Enter(() =>
        {
            if (FailingEvents > 0)
            {
                FailingEvents--;
                throw new InvalidDataException("Events that fail.");
            }

            foreach (var roomEvent in copies)
            {
                HasSeenGap |= roomEvent.Offset != Position.Offset + 1;
                _events.Add(roomEvent with { Data = roomEvent.Data.ToArray() });
                Position = Position with { Offset = roomEvent.Offset, Check = roomEvent.Check };
            }
        });
    }

    public void OnLost(Exception cause) => Lost = cause;

    private void Enter(Action action)
    {
        if (Interlocked.Increment(ref _calls) != 1)
            WasInterrupted = true;
        try
        {
            lock (_events)
                action();
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }
}
