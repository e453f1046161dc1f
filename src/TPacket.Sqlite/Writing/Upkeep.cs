using Microsoft.Data.Sqlite;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Reading;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// The periodic work on the file: repairs it after a fault, records that the server runs if users or rules depend on it, and applies retention.
/// Used by the writer's thread.
/// </summary>
internal sealed class Upkeep(StoreFile file, RoomSweeper sweeper, FaultReporter faults, StoreCondition condition, ReaderPool readers)
{
    /// <summary>Does the work of one second. Called in a transaction of its own.</summary>
    /// <exception cref="SqliteException">The fault persists.</exception>
    /// <exception cref="IOException">There is another file at the path.</exception>
    public void Tick(Writer writer)
    {
        if (condition.Fault is not null || file.DescribeMissingFile() is not null)
        {
            if (!file.Database.IsInTransaction)
                Repair(writer);

            writer.Begin();
            file.Probe();
        }

        if (file.Sessions.IsAnyAway())
        {
            writer.Begin();
            file.Sessions.SetAlive(writer.Now);
        }

        var maxAge = writer.Rooms.HaveRules || file.Tables.Rules.IsAnyAwake() ? Uptime.Resolution : Uptime.IdleResolution;
        if (file.Uptime.IsOlder(writer.Now, maxAge) && file.Tables.Rules.IsAny())
        {
            writer.Begin();
            file.Uptime.Write(writer.Now);
        }

        sweeper.Sweep(writer);
    }

    /// <summary>Records the time at which the run ends, if rules depend on it.</summary>
    /// <exception cref="SqliteException">The file cannot be written.</exception>
    public void RecordEnd(long now)
    {
        if (file.DescribeMissingFile() is not null || !file.Tables.Rules.IsAny())
            return;
        file.Database.Begin();
        file.Uptime.Write(now);
        file.Database.Commit();
    }

    private void Repair(Writer writer)
    {
        if (file.DescribeMissingFile() is not null)
        {
            // Only the open connection still has the content, so it writes the file back before a new connection replaces it.
            if (!file.TryRescue())
                return;
            condition.Log(logger => SqliteLog.Rescued(logger, file.Path));
            faults.NeedsReopening = true;
        }

        if (!faults.NeedsReopening)
            return;
        writer.Backups.FailAll(writer);
        file.Reopen();
        faults.NeedsReopening = false;
        readers.CloseAll();
        writer.Rooms.ForgetAll();
    }
}
