using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>
/// The tables of rules and their states. Used by the writer's thread. A room without rules has no row.
/// States are in a separate table, so that an update of a wake time does not rewrite the state.
/// </summary>
internal sealed class RulesTable
{
    private const string Columns = "offset, \"check\", time, p1, p2, data, basis_offset, basis_check, basis_version, wake, finished, decided, presence, downtime";

    private readonly Statement _find;
    private readonly Statement _put;
    private readonly Statement _delete;
    private readonly Statement _state;
    private readonly Statement _putState;
    private readonly Statement _deleteState;
    private readonly Statement _wake;
    private readonly Statement _isAny;
    private readonly Statement _isAnyAwake;

    public RulesTable(Database database)
    {
        _find = database.Prepare($"SELECT {Columns} FROM rules WHERE room = ?1");
        _put = database.Prepare($"INSERT OR REPLACE INTO rules (room, {Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
        _delete = database.Prepare("DELETE FROM rules WHERE room = ?1");
        _state = database.Prepare("SELECT state FROM rules_state WHERE room = ?1");
        _putState = database.Prepare("INSERT OR REPLACE INTO rules_state (room, state) VALUES (?1, ?2)");
        _deleteState = database.Prepare("DELETE FROM rules_state WHERE room = ?1");
        _wake = database.Prepare("""
            UPDATE rules SET wake = min(ifnull(wake, ?1), ?1) WHERE presence <> 0 AND finished = 0 AND EXISTS (SELECT 1 FROM member WHERE member.room = rules.room)
            """);
        _isAny = database.Prepare("SELECT 1 FROM rules LIMIT 1");
        _isAnyAwake = database.Prepare("SELECT 1 FROM rules WHERE wake IS NOT NULL LIMIT 1");
    }

    /// <summary>Returns whether any room has rules.</summary>
    public bool IsAny() => Has(_isAny);

    /// <summary>Returns whether any room has a wake time.</summary>
    public bool IsAnyAwake() => Has(_isAnyAwake);

    /// <summary>Sets the wake time of rooms with members and with rules that read presence.</summary>
    public void WakeRoomsWithMembers(long now) => _wake.Bind(1, now).Run();

    /// <summary>Finds the rules of a room, without their state.</summary>
    /// <param name="room">The room's id.</param>
    /// <param name="epoch">The epoch of its log.</param>
    /// <returns>Null if the room has none.</returns>
    public RulesRecord? Find(long room, ulong epoch)
    {
        if (!_find.Bind(1, room).Step())
            return null;
        try
        {
            var rules = EventRow.ReadRules(_find.Bytes(5), _find.Int(3), _find.Int(4)) with { Offset = _find.Long(0), Check = _find.Unsigned(1), Time = _find.Long(2) };
            return new RulesRecord(new RulesBasis(rules, new RoomPosition(epoch, _find.Long(6), _find.Unsigned(7)), _find.Int(8), null))
            {
                WakeAt = _find.IsNull(9) ? null : _find.Long(9),
                IsFinished = _find.Int(10) != 0,
                HasDecided = _find.Int(11) != 0,
                ReadsPresence = _find.Int(12) != 0,
                Downtime = _find.Long(13),
            };
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>Reads the stored state.</summary>
    /// <returns>Null if there is none.</returns>
    public ReadOnlyMemory<byte>? ReadState(long room)
    {
        if (!_state.Bind(1, room).Step())
            return null;
        var state = _state.Bytes(0).ToArray();
        _state.Reset();
        return state;
    }

    /// <summary>Writes the row, and the state if it has changed.</summary>
    /// <param name="room">The room's id.</param>
    /// <param name="record">The rules.</param>
    /// <param name="written">The last written basis; null if the room has no row.</param>
    public void Put(long room, RulesRecord record, RulesBasis? written)
    {
        var (basis, rules) = (record.Basis, record.Basis.Rules);
        _put.Bind(1, room).Bind(2, rules.Offset).Bind(3, rules.Check).Bind(4, rules.Time).Bind(5, rules.P1).Bind(6, rules.P2).BindBlob(7, rules.Data.Span)
            .Bind(8, basis.Position.Offset).Bind(9, basis.Position.Check).Bind(10, basis.Version);
        if (record.WakeAt is { } wakeAt)
            _put.Bind(11, wakeAt);
        else
            _put.BindNull(11);
        _put.Bind(12, record.IsFinished ? 1 : 0).Bind(13, record.HasDecided ? 1 : 0).Bind(14, record.ReadsPresence ? 1 : 0).Bind(15, record.Downtime).Run();
        if (basis.State is { } state && !ReferenceEquals(basis, written))
            _putState.Bind(1, room).BindBlob(2, state.Span).Run();
    }

    /// <summary>Deletes the rules of a room.</summary>
    public void Delete(long room)
    {
        _delete.Bind(1, room).Run();
        _deleteState.Bind(1, room).Run();
    }

    private static bool Has(Statement statement)
    {
        var isAny = statement.Step();
        statement.Reset();
        return isAny;
    }
}
