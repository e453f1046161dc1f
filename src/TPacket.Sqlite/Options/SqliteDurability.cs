namespace TPacket.Server;

/// <summary>Which failures an acknowledged append survives.</summary>
public enum SqliteDurability
{
    /// <summary>The death of the process, by SIGKILL too. A power failure or a crash of the system can cost the last commits; the file stays consistent.</summary>
    Process,

    /// <summary>A power failure too: each commit is flushed to the disk before it is acknowledged.</summary>
    Full,
}
