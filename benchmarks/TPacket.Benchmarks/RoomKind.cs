namespace TPacket.Benchmarks;

/// <summary>The kinds of measured rooms.</summary>
internal enum RoomKind
{
    /// <summary>One member, without rules.</summary>
    Plain,

    /// <summary>One member, with rules that have decided once.</summary>
    Rules,

    /// <summary>No member, in memory, with rules that have a wake time.</summary>
    AsleepInMemory,

    /// <summary>No member, in a file, with rules that have a wake time.</summary>
    AsleepInFile,

    /// <summary>Two members in a room with 98 others, to measure the cost of members alone.</summary>
    Crowd,

    /// <summary>A game of checkers of two members, after twenty moves.</summary>
    Game,

    /// <summary>The same game, after both members have left for a room with 98 others.</summary>
    GameLeft,
}
