using Microsoft.Data.Sqlite;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>The queue of backups. The writer runs one at a time, a step between two transactions.</summary>
internal sealed class Backups(StoreFile file)
{
    private readonly Queue<BackupOperation> _waiting = new();
    private FileCopy? _copy;

    public bool IsBusy => _waiting.Count > 0;

    public void Add(BackupOperation operation) => _waiting.Enqueue(operation);

    /// <summary>Copies some pages of the current backup.</summary>
    public void Step(Writer writer)
    {
        if (!_waiting.TryPeek(out var operation))
            return;
        try
        {
            if (operation.IsCancelled)
            {
                End();
                operation.Cancel();
                return;
            }

            if (_copy is null && PathComparer.Equals(operation.Path, file.Path))
                throw new IOException($"The file '{file.Path}' cannot be its own backup.");
            _copy ??= new FileCopy(file.Database, operation.Path);
            if (!_copy.Step())
                return;
            _copy.Finish(isBackup: true);
            End();
            operation.Complete();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            End();
            operation.Fail(writer, new RoomStoreException($"The backup '{operation.Path}' cannot be written: {e.Message}", isOutcomeUnknown: false, e));
        }
    }

    /// <summary>Aborts all backups, before the connection that they read is closed.</summary>
    public void FailAll(Writer writer)
    {
        while (_waiting.TryPeek(out var operation))
        {
            End();
            operation.Fail(writer, new RoomStoreException($"The backup '{operation.Path}' was aborted.", isOutcomeUnknown: false));
        }
    }

    private static StringComparer PathComparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private void End()
    {
        _copy?.Dispose();
        _copy = null;
        _waiting.Dequeue();
    }
}
