namespace TPacket.Benchmarks;

/// <summary>The features that a member has asked for.</summary>
internal enum MemberKind
{
    /// <summary>Nothing, as the oldest clients.</summary>
    Plain,

    /// <summary>To follow its room's log, and for receipts.</summary>
    Follower,

    /// <summary>The same, and a session.</summary>
    Session,
}
