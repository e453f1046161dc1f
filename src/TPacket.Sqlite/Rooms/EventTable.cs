using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>One of the two tables of events, on the writer's connection.</summary>
internal sealed class EventTable
{
    /// <summary>Most events that one pass drops: the writer's other work waits for it.</summary>
    private const int MaxDropped = 2000;

    private readonly Statement _insert;
    private readonly Statement _latest;
    private readonly Statement _oldest;
    private readonly Statement _delete;
    private readonly Statement _size;
    private readonly Statement _erase;

    /// <param name="database">The writer's connection.</param>
    /// <param name="name">The table's name.</param>
    public EventTable(Database database, string name)
    {
        _insert = database.Prepare($"INSERT INTO {name} (id, {EventRow.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
        _latest = database.Prepare($"SELECT id, {EventRow.Columns} FROM {name} WHERE id BETWEEN ?1 AND ?2 AND kind <> {(int)RoomEventKind.Deleted} ORDER BY id DESC");
        _oldest = database.Prepare($"SELECT id, time, \"check\", length(data), length(CAST(nick AS BLOB)) FROM {name} WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
        _delete = database.Prepare($"DELETE FROM {name} WHERE id BETWEEN ?1 AND ?2");
        _size = database.Prepare($"SELECT length(data) FROM {name} WHERE id = ?1 AND kind <> {(int)RoomEventKind.Deleted}");
        _erase = database.Prepare($"UPDATE {name} SET kind = {(int)RoomEventKind.Deleted}, data = x'' WHERE id = ?1");
    }

    public void Insert(long room, Shelf shelf, in RoomEvent roomEvent, int size)
    {
        EventRow.Bind(_insert, room, roomEvent);
        _insert.Run();
        if (shelf.Count++ == 0)
            (shelf.OldestTime, shelf.OldestOffset) = (roomEvent.Time, roomEvent.Offset);
        shelf.Bytes += size;
    }

    /// <summary>Whether there is an event at an offset that was not erased.</summary>
    public bool Has(long room, long offset)
    {
        var found = _size.Bind(1, EventRow.Id(room, offset)).Step();
        _size.Reset();
        return found;
    }

    /// <summary>Takes the data of an event. The rest of it keeps its place.</summary>
    public void Erase(long room, Shelf shelf, long offset)
    {
        var id = EventRow.Id(room, offset);
        if (_size.Bind(1, id).Step())
            shelf.Bytes -= _size.Long(0);
        _size.Reset();
        _erase.Bind(1, id).Run();
    }

    /// <summary>Reads the latest events into a ring, as many as fit.</summary>
    public void ReadLatest(long room, int most, int mostBytes, EventRing ring)
    {
        var latest = new List<RoomEvent>();
        var bytes = 0L;
        _latest.Bind(1, EventRow.Id(room, 0)).Bind(2, EventRow.LastId(room));
        while (latest.Count < most && _latest.Step())
        {
            var roomEvent = EventRow.Read(_latest);
            bytes += roomEvent.HistorySize;
            if (bytes > mostBytes)
                break;
            latest.Add(roomEvent);
        }

        _latest.Reset();
        for (var i = latest.Count - 1; i >= 0; i--)
            ring.Add(latest[i]);
    }

    /// <summary>Reads time and offset of the oldest event.</summary>
    public void ReadOldest(long room, Shelf shelf)
    {
        if (shelf.Count == 0)
            return;
        _oldest.Bind(1, EventRow.Id(room, shelf.Dropped + 1)).Bind(2, EventRow.LastId(room));
        if (_oldest.Step())
            ReadOldest(shelf);
        _oldest.Reset();
    }

    /// <summary>Drops the oldest events of a room beyond its bounds.</summary>
    /// <param name="room">The room's id.</param>
    /// <param name="shelf">The extent of its events.</param>
    /// <param name="keptFrom">Events from this offset on are kept, however many there are.</param>
    /// <param name="retention">The bounds.</param>
    /// <param name="now">The store's time.</param>
    public void Trim(long room, Shelf shelf, long keptFrom, in Retention retention, long now)
    {
        if (!retention.IsExceeded(shelf, now) || shelf.OldestOffset >= keptFrom)
            return;
        _oldest.Bind(1, EventRow.Id(room, shelf.Dropped + 1)).Bind(2, EventRow.LastId(room));
        var first = 0L;
        var last = 0L;
        var dropped = 0;
        while (_oldest.Step())
        {
            ReadOldest(shelf);
            if (dropped == MaxDropped || !retention.ShouldDrop(shelf, now) || shelf.OldestOffset >= keptFrom)
                break;
            last = _oldest.Long(0);
            first = first == 0 ? last : first;
            shelf.Dropped = EventRow.OffsetOf(last);
            shelf.DroppedCheck = _oldest.Unsigned(2);
            shelf.Count--;
            shelf.Bytes -= EventRow.SizeOf(_oldest.Int(3), _oldest.IsNull(4) ? null : _oldest.Int(4));
            dropped++;
        }

        _oldest.Reset();
        if (dropped > 0)
            _delete.Bind(1, first).Bind(2, last).Run();
    }

    /// <summary>Removes every event of a room.</summary>
    public void DeleteAll(long room) => _delete.Bind(1, EventRow.Id(room, 0)).Bind(2, EventRow.LastId(room)).Run();

    private void ReadOldest(Shelf shelf) => (shelf.OldestTime, shelf.OldestOffset) = (_oldest.Long(1), EventRow.OffsetOf(_oldest.Long(0)));
}
