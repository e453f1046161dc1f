using TPacket.Server.Sqlite.Storage;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>Looks into a file beside the store.</summary>
internal static class FileInspector
{
    /// <summary>SQLite's own check of the whole file: "ok", or what is wrong.</summary>
    public static string CheckIntegrity(string path)
    {
        using var database = Database.Open(path, DatabaseAccess.Write, TimeSpan.FromSeconds(5));
        return database.Text("PRAGMA integrity_check");
    }

    /// <summary>Runs a statement in the file.</summary>
    public static void Execute(string path, string sql)
    {
        using var database = Database.Open(path, DatabaseAccess.Write, TimeSpan.FromSeconds(5));
        database.Execute(sql);
    }

    /// <summary>The first column of the first row.</summary>
    public static long Scalar(string path, string sql)
    {
        using var database = Database.Open(path, DatabaseAccess.Write, TimeSpan.FromSeconds(5));
        return database.Scalar(sql);
    }
}
