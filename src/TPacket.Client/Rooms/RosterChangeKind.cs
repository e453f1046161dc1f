namespace TPacket.Client;

/// <summary>The kind of a <see cref="RosterChange"/>.</summary>
public enum RosterChangeKind
{
    /// <summary>A user was added.</summary>
    Added,

    /// <summary>A user was removed.</summary>
    Removed,

    /// <summary>A large room has sent its number of members.</summary>
    Counted,

    /// <summary>A user went away or returned.</summary>
    PresenceChanged,
}
