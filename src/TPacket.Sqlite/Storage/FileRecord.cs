namespace TPacket.Server.Sqlite.Storage;

/// <summary>The state of the database that was recorded last outside of it.</summary>
/// <param name="File">Names the file.</param>
/// <param name="Run">How many starts it has seen.</param>
/// <param name="NextUser">The next id of a user.</param>
internal readonly record struct FileRecord(long File, long Run, int NextUser);
