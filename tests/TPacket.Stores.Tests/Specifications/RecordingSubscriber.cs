using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

/// <summary>Keeps what it is told, with a copy of the data, which is valid during the call only. Fails the test when it is told two things at a time.</summary>
public sealed class RecordingSubscriber : IRoomSubscriber
{
    private readonly List<RoomEvent> _told = [];
    private int _calls;

    /// <summary>Everything so far.</summary>
    public RoomEvent[] Told
    {
        get
        {
            lock (_told)
                return [.. _told];
        }
    }

    /// <summary>Whether it was ever told two things at a time.</summary>
    public bool WasInterrupted { get; private set; }

    public void OnEvent(in RoomEvent roomEvent)
    {
        if (Interlocked.Increment(ref _calls) != 1)
            WasInterrupted = true;
        lock (_told)
            _told.Add(roomEvent with { Data = roomEvent.Data.ToArray() });
        Interlocked.Decrement(ref _calls);
    }
}
