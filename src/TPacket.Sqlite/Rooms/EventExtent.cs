namespace TPacket.Server.Sqlite.Rooms;

/// <summary>The extent of a room's events in one of the two tables.</summary>
internal sealed class EventExtent
{
    /// <summary>The number of events.</summary>
    public long Count { get; set; }

    /// <summary>The size of the events for retention, in bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>The offset of the last dropped event; -1 if none was dropped.</summary>
    public long Dropped { get; set; } = RoomPosition.NoEvent;

    /// <summary>
    /// The check of the last dropped event, which verifies the position before the first remaining event; the log's first check if none was dropped.
    /// </summary>
    public ulong DroppedCheck { get; set; }

    /// <summary>The time of the oldest remaining event, in milliseconds since the Unix epoch.</summary>
    public long OldestTime { get; set; }

    /// <summary>The offset of the oldest remaining event.</summary>
    public long OldestOffset { get; set; }
}
