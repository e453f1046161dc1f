namespace TPacket.Server.Sqlite.Storage;

/// <summary>The state of the database, as recorded in the lock file.</summary>
/// <param name="File">The number of the file.</param>
/// <param name="Run">The number of starts.</param>
/// <param name="NextUser">The next user id.</param>
internal readonly record struct FileRecord(long File, long Run, int NextUser);
