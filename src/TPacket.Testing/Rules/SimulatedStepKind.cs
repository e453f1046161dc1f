namespace TPacket.Testing;

/// <summary>The kind of a step: an action on a simulated room from outside.</summary>
internal enum SimulatedStepKind
{
    /// <summary>A member sends a command.</summary>
    Command,

    /// <summary>A member sends its last packet again.</summary>
    Repeat,

    /// <summary>A user enters.</summary>
    Enter,

    /// <summary>A member leaves.</summary>
    Leave,

    /// <summary>The connection of a member is lost; it comes back later, on another node.</summary>
    Drop,

    /// <summary>A node crashes, and starts again later.</summary>
    Crash,

    /// <summary>A node does nothing for less than its lease.</summary>
    ShortPause,

    /// <summary>A node does nothing for longer than its lease.</summary>
    LongPause,

    /// <summary>The store goes on from a snapshot for a node.</summary>
    Reset,

    /// <summary>A node writes the state.</summary>
    Checkpoint,

    /// <summary>Time passes until the rules want to be woken, or nearly.</summary>
    Sleep,
}
