namespace TPacket.Server.Sqlite.Storage;

/// <summary>The access of a connection to the file.</summary>
internal enum DatabaseAccess
{
    /// <summary>Reads only.</summary>
    Read,

    /// <summary>Reads a file that another process may serve. Closing the connection does not change the write-ahead log.</summary>
    Inspect,

    /// <summary>Reads and writes an existing file.</summary>
    Write,

    /// <summary>Reads and writes, and creates the file if it does not exist.</summary>
    Create,
}
