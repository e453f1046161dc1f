using TPacket.Server.Redis.Nodes;

namespace TPacket.Server.Redis.Rooms;

/// <summary>
/// The latest changes of rosters by this node in one partition. The node repeats them after a failover.
/// The log ignores changes that it has, and rejects outdated ones.
/// </summary>
internal sealed class RecentPresence(TimeProvider timeProvider)
{
    private readonly RecentWrites<(string Room, RoomEvent Event)> _writes = new(timeProvider);

    /// <summary>Remembers an append if it changes the roster. Call it before the append is sent.</summary>
    public void Add(string room, in RoomAppend append)
    {
        if (append.Count == 1 && append[0] is { ChangesRoster: true } change)
            _writes.Add((room, change with { Data = change.Data.ToArray() }));
    }

    /// <summary>Repeats the latest changes.</summary>
    /// <param name="append">Appends to the log of a room.</param>
    public Task RepeatAsync(Func<string, RoomEvent, Task> append) => _writes.RepeatAsync(writes => Due(writes).Select(write => append(write.Room, write.Event)));

    /// <summary>
    /// Selects the changes to repeat. Leaves out changes before a later join of the member, which would end the new membership;
    /// joins, because a member that the log has lost joins again; and all but the last change of a nick.
    /// </summary>
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
