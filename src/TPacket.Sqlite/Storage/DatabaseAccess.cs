namespace TPacket.Server.Sqlite.Storage;

/// <summary>How a connection uses the file.</summary>
internal enum DatabaseAccess
{
    /// <summary>It reads, and changes nothing.</summary>
    Read,

    /// <summary>It reads a file that another process may serve. Closing it leaves the write-ahead log as it is.</summary>
    Inspect,

    /// <summary>It writes into a file that exists.</summary>
    Write,

    /// <summary>It writes, and creates the file where there is none.</summary>
    Create,
}
