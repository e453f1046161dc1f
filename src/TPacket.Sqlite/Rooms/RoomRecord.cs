namespace TPacket.Server.Sqlite.Rooms;

/// <summary>A row of the table of rooms.</summary>
internal sealed class RoomRecord
{
    /// <summary>The row's id; 0 while the room has no row yet.</summary>
    public long Id { get; set; }

    /// <summary>The branch of the file that the epoch belongs to.</summary>
    public long Branch { get; set; }

    /// <summary>The run of the server that the members belong to.</summary>
    public long Run { get; set; }

    /// <summary>Behind the last event.</summary>
    public RoomPosition Last { get; set; }

    /// <summary>The time of the last append.</summary>
    public long Time { get; set; }

    /// <summary>The time by which retention finds the room, as it was written last; null where it is not known.</summary>
    public long? Oldest { get; set; }

    public (ulong First, ulong Second) Key { get; set; }

    public IReadOnlyList<StreamHead> Heads { get; set; } = [];

    /// <summary>The room's rules; null where it has none.</summary>
    public RulesRecord? Rules { get; set; }

    /// <summary>Whether the current transaction appends an event that records the downtime.</summary>
    public bool HasRecordedDowntime { get; set; }

    /// <summary>The offset from which on retention drops no event but messages and announcements.</summary>
    public long KeptFrom => Rules?.KeptFrom ?? long.MaxValue;

    /// <summary>Whether retention keeps the room, however old it is: its rules have not finished, and have decided something, read presence, or want to be woken.</summary>
    public bool IsKept => Rules is { IsFinished: false } rules && (rules.HasDecided || rules.ReadsPresence || rules.WakeAt is not null);

    public Shelf Chat { get; } = new();

    public Shelf Other { get; } = new();

    public Shelf ShelfOf(in RoomEvent roomEvent) => roomEvent.IsHistory ? Chat : Other;
}
