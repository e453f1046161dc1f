namespace TPacket.Benchmarks;

/// <summary>The rooms whose memory is measured.</summary>
internal enum RoomKind
{
    /// <summary>One member, no rules.</summary>
    Plain,

    /// <summary>One member, rules that have decided once.</summary>
    Rules,

    /// <summary>Nobody, in memory; the rules want to be woken.</summary>
    AsleepInMemory,

    /// <summary>Nobody, in a file; the rules want to be woken.</summary>
    AsleepInFile,

    /// <summary>Two members in a room that they share with 98 others: what members cost by themselves.</summary>
    Crowd,

    /// <summary>Two members who play checkers, after twenty moves.</summary>
    Game,

    /// <summary>The same, when both have left for a room that they share with 98 others.</summary>
    GameLeft,
}
