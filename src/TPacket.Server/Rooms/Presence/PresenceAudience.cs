namespace TPacket.Server.Rooms.Presence;

/// <summary>The members of a large room that receive a run of presence. A member without any flag knows only the original protocol.</summary>
[Flags]
internal enum PresenceAudience
{
    None = 0,

    /// <summary>Members who have accepted MEMBER_COUNT: they count.</summary>
    Counting = 1,

    /// <summary>Members who have accepted EVENT: they follow the log.</summary>
    Following = 2,

    /// <summary>Members who have accepted PRESENCE.</summary>
    Aware = 4,
}
