namespace TPacket.Server;

/// <summary>The failures that an acknowledged append survives.</summary>
public enum SqliteDurability
{
    /// <summary>
    /// A crash of the process, including SIGKILL. After a power failure or a crash of the system, the last commits can be lost; the file stays consistent.
    /// </summary>
    Process,

    /// <summary>Also a power failure. Each commit is flushed to the disk before it is acknowledged.</summary>
    Full,
}
