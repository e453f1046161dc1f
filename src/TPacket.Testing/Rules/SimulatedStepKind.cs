namespace TPacket.Testing.Rules;

/// <summary>The kinds of steps.</summary>
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

    /// <summary>A member loses its connection, and reconnects later to any node.</summary>
    Drop,

    /// <summary>A node crashes, and restarts later.</summary>
    Crash,

    /// <summary>A node pauses for less than its lease.</summary>
    ShortPause,

    /// <summary>A node pauses for longer than its lease.</summary>
    LongPause,

    /// <summary>The store resets the subscription of a node with a snapshot.</summary>
    Reset,

    /// <summary>A node writes the state.</summary>
    Checkpoint,

    /// <summary>Time passes until about the next wake-up.</summary>
    Sleep,
}
