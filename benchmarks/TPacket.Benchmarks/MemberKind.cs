namespace TPacket.Benchmarks;

/// <summary>The features that a member has requested.</summary>
internal enum MemberKind
{
    /// <summary>No feature, like the oldest clients.</summary>
    Plain,

    /// <summary>Following the room's log, and receipts.</summary>
    Follower,

    /// <summary>The features of <see cref="Follower"/>, and a session.</summary>
    Session,
}
