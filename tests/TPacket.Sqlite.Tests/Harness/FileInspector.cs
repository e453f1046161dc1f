using TPacket.Server.Sqlite.Storage;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>Reads and changes a store's file on a separate connection.</summary>
internal static class FileInspector
{
    /// <summary>Runs SQLite's check of the whole file. Returns "ok" or the first error.</summary>
    public static string CheckIntegrity(string path)
    {
        using var database = Database.Open(path, DatabaseAccess.Write, TimeSpan.FromSeconds(5));
        return database.Text("PRAGMA integrity_check");
    }

    /// <summary>Runs a statement.</summary>
    public static void Execute(string path, string sql)
    {
        using var database = Database.Open(path, DatabaseAccess.Write, TimeSpan.FromSeconds(5));
        database.Execute(sql);
    }

    /// <summary>Returns the first column of the first row.</summary>
    public static long Scalar(string path, string sql)
    {
        using var database = Database.Open(path, DatabaseAccess.Write, TimeSpan.FromSeconds(5));
        return database.Scalar(sql);
    }
}
