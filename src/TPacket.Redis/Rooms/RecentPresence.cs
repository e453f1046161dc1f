using TPacket.Server.Redis.Nodes;

namespace TPacket.Server.Redis.Rooms;

/// <summary>The latest changes of rosters that this node has appended in one partition. After a failover they are appended once more; the log refuses, or takes for repeated, those that it has or that are out of date.</summary>
internal sealed class RecentPresence(TimeProvider timeProvider)
{
    private readonly RecentWrites<(string Room, RoomEvent Event)> _writes = new(timeProvider);

    /// <summary>Remembers an append, before it is sent.</summary>
    public void Add(string room, in RoomAppend append)
    {
        if (append.Count == 1 && append[0] is { ChangesRoster: true } change)
            _writes.Add((room, change with { Data = change.Data.ToArray() }));
    }

    /// <summary>Appends the latest changes once more.</summary>
    /// <param name="append">Appends to the log of a room.</param>
    public Task RepeatAsync(Func<string, RoomEvent, Task> append) => _writes.RepeatAsync(writes => Due(writes).Select(write => append(write.Room, write.Event)));

    /// <summary>Leaves out changes before a later join of the member, which would end its new membership. A join is not repeated: a member that is in no log enters again.</summary>
    private static Stack<(string Room, RoomEvent Event)> Due((string Room, RoomEvent Event)[] writes)
    {
        var due = new Stack<(string Room, RoomEvent Event)>();
        var joined = new HashSet<(string, int, long)>();
        var renamed = new HashSet<(string, int, long)>();
        foreach (var write in writes.Reverse())
        {
            var member = write.Event.Member!;
            var key = (write.Room, member.Id, member.Session);
            if (write.Event.Kind == RoomEventKind.Joined)
                joined.Add(key);
            else if (!joined.Contains(key) && (write.Event.Kind != RoomEventKind.Renamed || renamed.Add(key)))
                due.Push(write);
        }

        return due;
    }
}
