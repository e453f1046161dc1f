using System.Text;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Reading;

/// <summary>Reads pages of logs on its own connection. Not thread-safe.</summary>
internal sealed class PageReader : IDisposable
{
    /// <summary>The statement that finds rooms with a wake time.</summary>
    internal const string Wakes = "SELECT room.name, rules.wake FROM rules JOIN room ON room.id = rules.room WHERE rules.wake <= ?1 ORDER BY rules.wake, rules.room LIMIT ?2";

    // A page is read in one transaction. The write-ahead log cannot restart until the transaction ends.
    private const int MaxEvents = 4096;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Database _database;
    private readonly Statement _room;
    private readonly Statement _chatCheck;
    private readonly Statement _otherCheck;
    private readonly Statement _chat;
    private readonly Statement _other;
    private readonly Statement _basis;
    private readonly Statement _wakes;

    public PageReader(Database database, int generation)
    {
        _database = database;
        Generation = generation;
        try
        {
            _room = database.Prepare("SELECT id, epoch, offset, \"check\", chat_dropped, chat_dropped_check, other_dropped, other_dropped_check FROM room WHERE name = ?1");
            _chatCheck = database.Prepare("SELECT \"check\" FROM chat WHERE id = ?1");
            _otherCheck = database.Prepare("SELECT \"check\" FROM other WHERE id = ?1");
            _chat = database.Prepare($"SELECT id, {EventRow.Columns} FROM chat WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
            _other = database.Prepare($"SELECT id, {EventRow.Columns} FROM other WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
            _basis = database.Prepare("SELECT basis_offset, basis_check FROM rules WHERE room = ?1");
            _wakes = database.Prepare(Wakes);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The generation of the pool's connections. The pool reuses no connection of an older generation.</summary>
    public int Generation { get; }

    /// <summary>Reads the events after a position, in one transaction.</summary>
    /// <param name="room">The room's name in UTF-8.</param>
    /// <param name="initial">The position to report if the room has no row yet.</param>
    /// <param name="after">The position of the last event that the caller has; null to read from the oldest possible position.</param>
    /// <param name="maxEvents">The maximum number of events.</param>
    public RoomPage Read(ReadOnlySpan<byte> room, RoomPosition initial, RoomPosition? after, int maxEvents)
    {
        _database.Begin();
        try
        {
            if (!_room.BindText(1, room).Step())
                return new RoomPage(after is not null && after != initial, initial, []);
            var id = _room.Long(0);
            var last = new RoomPosition(_room.Unsigned(1), _room.Long(2), _room.Unsigned(3));
            // After the later of the two dropped offsets, the two tables together have every event.
            var oldest = _room.Long(4) > _room.Long(6)
                ? last with { Offset = _room.Long(4), Check = _room.Unsigned(5) }
                : last with { Offset = _room.Long(6), Check = _room.Unsigned(7) };
            var position = after ?? oldest;
            return IsInLog(id, position, oldest, last) ? ReadAllAfter(id, position, Math.Min(maxEvents, MaxEvents)) : new RoomPage(true, last, []);
        }
        finally
        {
            _room.Reset();
            if (_database.IsInTransaction)
                _database.Commit();
        }
    }

    /// <summary>Reads the events after a position that are needed to compute the state of a room's rules, in one transaction.</summary>
    /// <param name="room">The room's name in UTF-8.</param>
    /// <param name="initial">The position to report if the room has no row yet.</param>
    /// <param name="after">The position of the last event that the caller has.</param>
    /// <param name="maxEvents">The maximum number of events.</param>
    public RoomPage ReadRules(ReadOnlySpan<byte> room, RoomPosition initial, RoomPosition after, int maxEvents)
    {
        _database.Begin();
        try
        {
            if (!_room.BindText(1, room).Step())
                return new RoomPage(true, initial, []);
            var id = _room.Long(0);
            var last = new RoomPosition(_room.Unsigned(1), _room.Long(2), _room.Unsigned(3));
            var oldest = last with { Offset = _room.Long(6), Check = _room.Unsigned(7) };
            if (!_basis.Bind(1, id).Step())
                return new RoomPage(true, last, []);
            var basis = last with { Offset = _basis.Long(0), Check = _basis.Unsigned(1) };
            // The last event of the basis may have been dropped, but its check is in the row.
            var isKnown = after == basis ? after.Offset >= oldest.Offset : IsInLog(id, after, oldest, last);
            return isKnown ? ReadOthersAfter(id, after, last, Math.Min(maxEvents, MaxEvents)) : new RoomPage(true, last, []);
        }
        finally
        {
            _room.Reset();
            _basis.Reset();
            if (_database.IsInTransaction)
                _database.Commit();
        }
    }

    /// <summary>Returns rooms with a wake time up to a time, the earliest first.</summary>
    public IReadOnlyList<RoomWake> ReadWakes(long before, int maxRooms)
    {
        var wakes = new List<RoomWake>();
        _wakes.Bind(1, before).Bind(2, maxRooms);
        try
        {
            while (_wakes.Step())
                wakes.Add(new RoomWake(Encoding.UTF8.GetString(_wakes.Bytes(0)), _wakes.Long(1)));
        }
        finally
        {
            _wakes.Reset();
        }

        return wakes;
    }

    public void Dispose() => _database.Dispose();

    private bool IsInLog(long room, RoomPosition position, RoomPosition oldest, RoomPosition last)
    {
        if (position.Epoch != last.Epoch || position.Offset < oldest.Offset || position.Offset > last.Offset)
            return false;
        if (position.Offset == last.Offset)
            return position == last;
        if (position.Offset == oldest.Offset)
            return position == oldest;
        return CheckOf(EventRow.Id(room, position.Offset)) == position.Check;
    }

    private ulong? CheckOf(long id) => CheckOf(_chatCheck, id) ?? CheckOf(_otherCheck, id);

    private static ulong? CheckOf(Statement statement, long id)
    {
        ulong? check = statement.Bind(1, id).Step() ? statement.Unsigned(0) : null;
        statement.Reset();
        return check;
    }

    private RoomPage ReadAllAfter(long room, RoomPosition position, int maxEvents)
    {
        var events = new List<RoomEvent>();
        var bytes = 0L;
        var (first, last) = (EventRow.Id(room, position.Offset + 1), EventRow.LastId(room));
        try
        {
            var hasChat = _chat.Bind(1, first).Bind(2, last).Step();
            var hasOther = _other.Bind(1, first).Bind(2, last).Step();
            while ((hasChat || hasOther) && events.Count < maxEvents && bytes < MaxBytes)
            {
                var isChat = hasChat && (!hasOther || _chat.Long(0) < _other.Long(0));
                var roomEvent = EventRow.Read(isChat ? _chat : _other);
                events.Add(roomEvent);
                bytes += roomEvent.Data.Length;
                if (isChat)
                    hasChat = _chat.Step();
                else
                    hasOther = _other.Step();
            }
        }
        finally
        {
            _chat.Reset();
            _other.Reset();
        }

        return new RoomPage(false, events.Count == 0 ? position : position with { Offset = events[^1].Offset, Check = events[^1].Check }, events);
    }

    private RoomPage ReadOthersAfter(long room, RoomPosition position, RoomPosition last, int maxEvents)
    {
        var events = new List<RoomEvent>();
        var bytes = 0L;
        _other.Bind(1, EventRow.Id(room, position.Offset + 1)).Bind(2, EventRow.LastId(room));
        try
        {
            while (events.Count < maxEvents && bytes < MaxBytes && _other.Step())
            {
                var roomEvent = EventRow.Read(_other);
                events.Add(roomEvent);
                bytes += roomEvent.Data.Length;
            }
        }
        finally
        {
            _other.Reset();
        }

        return new RoomPage(false, events.Count == 0 ? last : position with { Offset = events[^1].Offset, Check = events[^1].Check }, events);
    }
}
