using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// A copy of the file in progress, on the writer's connection, a few pages at a time. SQLite adds the changes that the writer commits meanwhile.
/// Between two steps there is no read transaction, which would keep the write-ahead log from restarting.
/// </summary>
internal sealed class FileCopy : IDisposable
{
    private const int PagesPerStep = 64;

    private readonly string _path;
    private readonly Database _target;
    private readonly sqlite3_backup _backup;
    private bool _isDone;

    /// <exception cref="SqliteException">The copy cannot be written.</exception>
    public FileCopy(Database source, string path)
    {
        _path = path;
        File.Delete(PartialPath);
        _target = Database.Open(PartialPath, DatabaseAccess.Create, TimeSpan.Zero);
        _backup = raw.sqlite3_backup_init(_target.Handle, "main", source.Handle, "main");
        if (!_backup.IsInvalid)
            return;
        var error = _target.Error(raw.SQLITE_ERROR);
        _target.Dispose();
        throw error;
    }

    private string PartialPath => _path + ".partial";

    /// <summary>Copies some pages.</summary>
    /// <returns>Whether the copy is complete.</returns>
    public bool Step(int pages = PagesPerStep)
    {
        var result = raw.sqlite3_backup_step(_backup, pages);
        if (result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
            return false;
        _target.ThrowOnError(result);
        return _isDone = result == raw.SQLITE_DONE;
    }

    /// <summary>Moves the complete copy to its path.</summary>
    /// <param name="isBackup">Whether to give the copy its own file number, so that a server detects a start with it as a start with an older file.</param>
    public void Finish(bool isBackup)
    {
        _target.ThrowOnError(raw.sqlite3_backup_finish(_backup));
        if (isBackup)
        {
            var file = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            // Without a write-ahead log the copy is a single file and complete on the disk.
            _target.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA synchronous=FULL; UPDATE server SET file = {file}; PRAGMA journal_mode=DELETE"));
        }

        _target.Dispose();
        File.Move(PartialPath, _path, overwrite: isBackup);
    }

    /// <summary>Deletes an unfinished copy.</summary>
    public void Dispose()
    {
        if (_target.Handle.IsClosed)
            return;
        if (!_isDone)
            _ = raw.sqlite3_backup_finish(_backup);
        _target.Dispose();
        File.Delete(PartialPath);
        File.Delete(PartialPath + "-wal");
        File.Delete(PartialPath + "-shm");
        File.Delete(PartialPath + "-journal");
    }
}
