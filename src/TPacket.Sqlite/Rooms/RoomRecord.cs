namespace TPacket.Server.Sqlite.Rooms;

/// <summary>A row of the table <c>room</c>.</summary>
internal sealed class RoomRecord
{
    /// <summary>The row's id; 0 while the room has no row yet.</summary>
    public long Id { get; set; }

    /// <summary>The branch of the file to which the epoch belongs.</summary>
    public long Branch { get; set; }

    /// <summary>The run of the server to which the members belong.</summary>
    public long Run { get; set; }

    /// <summary>The position after the last event.</summary>
    public RoomPosition Last { get; set; }

    /// <summary>The time of the last append.</summary>
    public long Time { get; set; }

    /// <summary>The value in the row by which retention finds the room, in milliseconds since the Unix epoch; null if it is not known.</summary>
    public long? Oldest { get; set; }

    public (ulong First, ulong Second) Key { get; set; }

    public IReadOnlyList<StreamHead> Heads { get; set; } = [];

    /// <summary>The room's rules; null if it has none.</summary>
    public RulesRecord? Rules { get; set; }

    /// <summary>Whether the current transaction has appended an event that records the downtime.</summary>
    public bool HasRecordedDowntime { get; set; }

    /// <summary>The offset from which on retention drops only messages and announcements.</summary>
    public long KeptFrom => Rules?.KeptFrom ?? long.MaxValue;

    /// <summary>
    /// Whether retention keeps the room regardless of its age: its rules have not finished and have decided something, read presence or have a wake time.
    /// </summary>
    public bool IsKept => Rules is { IsFinished: false } rules && (rules.HasDecided || rules.ReadsPresence || rules.WakeAt is not null);

    public EventExtent Chat { get; } = new();

    public EventExtent Other { get; } = new();
}
