using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>Writes the rows of rooms and applies retention.</summary>
internal sealed class RoomSweeper(StoreFile file, StoreSettings settings)
{
    private const int MaxRooms = 16;

    /// <summary>Applies retention to a changed room and writes its row.</summary>
    public void Write(OpenRoom room, long now)
    {
        var (record, state) = (room.Record!, room.State!);
        (record.Last, record.Time, record.Heads) = (state.Last, state.Time, state.Heads.Copy());
        if (state.Rules is { } basis)
            Write(record, state, basis, now);
        Trim(record, now);
        file.Tables.Update(record, Oldest(record, now));
    }

    /// <summary>Applies retention to rooms with expired events, open or not. Handles a few rooms per call.</summary>
    public void Sweep(Writer writer)
    {
        if (settings.Retention.Period == 0)
            return;
        var now = writer.Now;
        foreach (var (id, name) in file.Tables.FindExpired(now - settings.Retention.Period, MaxRooms))
        {
            writer.Begin();
            if (writer.Rooms.Find(name) is { } room)
            {
                writer.Load(room);
                writer.Touch(room);
            }
            else
            {
                Sweep(id, now);
            }
        }
    }

    private void Sweep(long id, long now)
    {
        if (file.Tables.Find(id) is not { } record)
            return;
        Trim(record, now);
        // Rules that have decided nothing do not keep the room. But as long as the room exists, it keeps the events of its rules.
        if (!record.IsKept && record.Chat.Count == 0 && (record.Other.Count == 0 || record.Rules is { IsFinished: false }) && settings.Retention.IsExpired(record.Time, now))
            file.Tables.Delete(id);
        else
            file.Tables.Update(record, Oldest(record, record.Time));
    }

    /// <summary>Writes the row and the state of a room's rules if they have changed.</summary>
    private void Write(RoomRecord record, LogState state, RulesBasis basis, long now)
    {
        var rules = record.Rules;
        if (rules is not null && ReferenceEquals(rules.Basis, basis) && !record.HasRecordedDowntime
            && (rules.WakeAt, rules.IsFinished, rules.HasDecided, rules.ReadsPresence) == (state.WakeAt, state.AreRulesFinished, state.HaveRulesDecided, state.ReadsPresence))
        {
            return;
        }

        var written = rules?.Basis;
        record.Rules = rules ??= new RulesRecord(basis) { Downtime = file.Uptime.Downtime };
        (rules.Basis, rules.WakeAt, rules.IsFinished, rules.HasDecided, rules.ReadsPresence) = (basis, state.WakeAt, state.AreRulesFinished, state.HaveRulesDecided, state.ReadsPresence);
        if (record.HasRecordedDowntime)
            (rules.Downtime, record.HasRecordedDowntime) = (file.Uptime.Downtime, false);
        file.Tables.Rules.Put(record.Id, rules, written);
        if (file.Uptime.IsOlder(now, Uptime.Resolution))
            file.Uptime.Write(now);
    }

    private void Trim(RoomRecord record, long now)
    {
        file.Tables.Chat.Trim(record.Id, record.Chat, long.MaxValue, settings.Retention, now);
        file.Tables.Other.Trim(record.Id, record.Other, record.KeptFrom, settings.Retention, now);
    }

    /// <summary>
    /// Returns the time by which the next sweep finds a room: the time of its oldest event that may be dropped, or <paramref name="otherwise"/> if it has none.
    /// </summary>
    private static long Oldest(RoomRecord record, long otherwise)
    {
        var oldest = Math.Min(
            record.Chat.Count == 0 ? long.MaxValue : record.Chat.OldestTime,
            record.Other.Count == 0 || record.Other.OldestOffset >= record.KeptFrom ? long.MaxValue : record.Other.OldestTime);
        // A kept room without such an event is not swept.
        return oldest < long.MaxValue || record.IsKept ? oldest : otherwise;
    }
}
