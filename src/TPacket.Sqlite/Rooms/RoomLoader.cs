using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>
/// Reads the state of a room from the file. The time is proportional to the members, the history and the remembered requests, not to the length of the log.
/// </summary>
internal sealed class RoomLoader(StoreFile file, StoreSettings settings)
{
    /// <summary>Reads a room. Members of an earlier run are marked as away if they have a session, and leave otherwise.</summary>
    public LogState Load(OpenRoom room, Writer writer)
    {
        var tables = file.Tables;
        var record = tables.Find(room.NameUtf8) ?? Draft(room);
        var isStored = record.Id != 0;
        var isOldBranch = record.Branch != file.Branch;
        if (isOldBranch)
        {
            // A client may know events that were appended after the copy was made. With the old epoch, its position could be
            // mistaken for the position of a new event.
            var key = LogCheck.Create(out var epoch);
            (record.Branch, record.Key, record.Last) = (file.Branch, key.Key, record.Last with { Epoch = epoch });
        }

        var state = new LogState(
            new LogCheck(record.Key.First, record.Key.Second),
            record.Last,
            record.Time,
            new EventRing(settings.HistoryBytes, settings.HistoryMessages),
            (author, number) => file.Tables.DeleteRequests(record.Id, author, number),
            offset => file.Tables.Chat.Has(record.Id, offset))
        {
            Rules = record.Rules is { } rules ? Complete(rules, record) : null,
            WakeAt = record.Rules?.WakeAt,
            AreRulesFinished = record.Rules is { IsFinished: true },
            HaveRulesDecided = record.Rules is { HasDecided: true },
            ReadsPresence = record.Rules is { ReadsPresence: true },
        };
        state.Heads.Reset(record.Heads);
        if (isStored)
        {
            tables.Restore(record, state);
            tables.Chat.ReadLatest(record.Id, settings.HistoryMessages, settings.HistoryBytes, state.History);
        }

        (room.Record, room.State) = (record, state);
        if (isOldBranch)
            writer.Touch(room);
        if (record.Run != file.Run)
            EndEarlierMemberships(room, record, state, writer);
        return state;
    }

    /// <summary>Adds the stored state and the log's epoch to the basis of a room's rules.</summary>
    private RulesBasis Complete(RulesRecord rules, RoomRecord record) =>
        rules.Basis = rules.Basis with { Position = rules.Basis.Position with { Epoch = record.Last.Epoch }, State = file.Tables.Rules.ReadState(record.Id) };

    private RoomRecord Draft(OpenRoom room)
    {
        if (room.Draft is not { } draft || room.Committed?.Offset >= 0)
        {
            var check = LogCheck.Create(out var epoch);
            draft = (new RoomPosition(epoch, RoomPosition.NoEvent, check.First(epoch)), check.Key);
            room.Draft = draft;
        }

        room.Initial = draft.Last;
        var record = new RoomRecord { Branch = file.Branch, Run = file.Run, Last = draft.Last, Key = draft.Key };
        record.Chat.DroppedCheck = draft.Last.Check;
        record.Other.DroppedCheck = draft.Last.Check;
        return record;
    }

    private void EndEarlierMemberships(OpenRoom room, RoomRecord record, LogState state, Writer writer)
    {
        record.Run = file.Run;
        var members = state.CopyMembers();
        if (members.Length == 0)
            return;
        writer.Touch(room);
        state.Advance(writer.Now);
        foreach (var member in members)
        {
            var isKept = file.Sessions.IsIn(member.Session, room.Name);
            if (!isKept)
                file.Tables.Append(record, state.Apply(RoomEvent.Left(member, LeaveCause.NodeLost)));
            else if (!member.IsAway)
                file.Tables.Append(record, state.Apply(RoomEvent.Away(member)));
        }
    }
}
