namespace TPacket.Benchmarks;

/// <summary>The features that a member has requested.</summary>
internal enum MemberKind
{
    /// <summary>None, like the oldest clients.</summary>
    Plain,

    /// <summary>Following the room's log, and receipts.</summary>
    Follower,

    /// <summary>The same and a session.</summary>
    Session,
}
