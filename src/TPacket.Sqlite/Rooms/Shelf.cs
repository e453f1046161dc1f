namespace TPacket.Server.Sqlite.Rooms;

/// <summary>The extent of a room's events in one of the two tables.</summary>
internal sealed class Shelf
{
    /// <summary>How many events there are.</summary>
    public long Count { get; set; }

    /// <summary>How many bytes they count.</summary>
    public long Bytes { get; set; }

    /// <summary>The offset of the last event that was dropped from here; -1 where none was.</summary>
    public long Dropped { get; set; } = RoomPosition.NoEvent;

    /// <summary>The check of that event, which proves the position before the first one that is left; the log's first check where none was dropped.</summary>
    public ulong DroppedCheck { get; set; }

    /// <summary>The time of the oldest event that is left.</summary>
    public long OldestTime { get; set; }

    /// <summary>The offset of that event.</summary>
    public long OldestOffset { get; set; }
}
