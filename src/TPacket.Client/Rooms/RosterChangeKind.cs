namespace TPacket.Client;

/// <summary>What has changed in a roster.</summary>
public enum RosterChangeKind
{
    /// <summary>A user is in it.</summary>
    Added,

    /// <summary>A user is in it no more.</summary>
    Removed,

    /// <summary>A large room has told how many members it has.</summary>
    Counted,

    /// <summary>A user in it is away, or is not away any more.</summary>
    PresenceChanged,
}
