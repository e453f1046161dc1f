namespace TPacket.Server.Rooms.Presence;

/// <summary>The members of a large room that receive the same presence packets. A member without any flag knows only the original protocol.</summary>
[Flags]
internal enum PresenceAudience
{
    None = 0,

    /// <summary>Counting members: they accept MEMBER_COUNT.</summary>
    Counting = 1,

    /// <summary>Followers of the log: they accept EVENT.</summary>
    Following = 2,

    /// <summary>Members who accept PRESENCE.</summary>
    Aware = 4,
}
