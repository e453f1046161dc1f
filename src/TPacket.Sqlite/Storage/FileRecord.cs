namespace TPacket.Server.Sqlite.Storage;

/// <summary>What the database looked like when it was last recorded outside of it.</summary>
/// <param name="File">Names the file.</param>
/// <param name="Run">How many starts it has seen.</param>
/// <param name="NextUser">The next id of a user.</param>
internal readonly record struct FileRecord(long File, long Run, int NextUser);
