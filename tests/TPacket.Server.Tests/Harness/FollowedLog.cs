using System.Collections.Concurrent;
using TPacket.Testing;

namespace TPacket.Server.Tests.Harness;

/// <summary>The events that followers of all rooms have received, by room, epoch and offset. All followers receive the same event at an offset: the event of the log. Thread-safe.</summary>
internal sealed class FollowedLog
{
    private readonly ConcurrentDictionary<(string Room, ulong Epoch, long Offset), LogEvent> _live = new();
    private readonly ConcurrentDictionary<(string Room, ulong Epoch, long Offset), (long Time, ulong Check)> _places = new();

    /// <summary>The number of live events that were received.</summary>
    public int Count => _live.Count;

    /// <summary>Adds an event that a follower has received.</summary>
    /// <param name="room">The room.</param>
    /// <param name="epoch">The epoch of the log.</param>
    /// <param name="received">The event.</param>
    /// <param name="isHistory">Whether it is one of a snapshot, which has a message in another form.</param>
    /// <returns>A violation; null for none.</returns>
    public string? Add(string room, ulong epoch, LogEvent received, bool isHistory)
    {
        var place = (received.Time, received.Check);
        var known = _places.GetOrAdd((room, epoch, received.Offset), place);
        if (known != place)
            return $"Event {received.Offset} of {room} has {place}, and elsewhere {known}.";
        if (isHistory)
            return null;
        var first = _live.GetOrAdd((room, epoch, received.Offset), received);
        return first.Equals(received) ? null : $"Event {received.Offset} of {room} is {Describe(received.Packets)}, and elsewhere {Describe(first.Packets)}.";
    }

    /// <summary>Fails the test if a follower has received an event that differs from the log of the room.</summary>
    public void Check(string room, RecordingSubscriber log)
    {
        var events = log.Events.ToDictionary(static logged => logged.Offset);
        foreach (var (at, place) in _places.Where(entry => entry.Key.Room == room))
        {
            Assert.Equal(log.Position.Epoch, at.Epoch);
            Assert.Equal((events[at.Offset].Time, events[at.Offset].Check), place);
            if (_live.TryGetValue(at, out var received))
                Assert.Equal(PacketsOf(events[at.Offset]), received.Packets);
        }
    }

    /// <summary>Returns the packets of an event, by code that the product does not share.</summary>
    private static Packet[] PacketsOf(RoomEvent logged)
    {
        var data = logged.Data.ToArray();
        return logged.Kind switch
        {
            RoomEventKind.Joined => [new Packet(-1, Wire.NewUser, logged.Member!.Nick, logged.Member.Id)],
            RoomEventKind.Left => [new Packet(-1, Wire.DelUser, logged.Member!.Nick, logged.Member.Id)],
            RoomEventKind.Renamed => [new Packet(-1, Wire.DelUser, logged.Member!.Id, 0, data), new Packet(-1, Wire.NewUser, logged.Member.Nick, logged.Member.Id)],
            RoomEventKind.Message => [new Packet(-1, Wire.NewMsg, logged.Member!.Id, 0, data)],
            RoomEventKind.Announcement => [new Packet(-1, Wire.LoggedMsg, 0, 0, data)],
            _ => throw new InvalidOperationException($"{logged.Kind} was not done."),
        };
    }

    private static string Describe(IReadOnlyList<Packet> packets) => string.Join(' ', packets);
}
