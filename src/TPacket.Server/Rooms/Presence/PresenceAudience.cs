namespace TPacket.Server.Rooms.Presence;

/// <summary>Which members of a large room receive a run of presence. None of these: those who know only the original protocol.</summary>
[Flags]
internal enum PresenceAudience
{
    None = 0,

    /// <summary>They have accepted MEMBER_COUNT.</summary>
    Counting = 1,

    /// <summary>They follow the log.</summary>
    Following = 2,

    /// <summary>They have accepted PRESENCE.</summary>
    Aware = 4,
}
