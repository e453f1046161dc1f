using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>One of the two tables of events. Used by the writer's thread.</summary>
internal sealed class EventTable
{
    /// <summary>The maximum number of events that one pass drops. The writer's other work waits for it.</summary>
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

    public void Insert(long room, EventExtent extent, in RoomEvent roomEvent, int size)
    {
        EventRow.Bind(_insert, room, roomEvent);
        _insert.Run();
        if (extent.Count++ == 0)
            (extent.OldestTime, extent.OldestOffset) = (roomEvent.Time, roomEvent.Offset);
        extent.Bytes += size;
    }

    /// <summary>Returns whether the table has an event at an offset, other than an erased one.</summary>
    public bool Has(long room, long offset)
    {
        var found = _size.Bind(1, EventRow.Id(room, offset)).Step();
        _size.Reset();
        return found;
    }

    /// <summary>Removes the data of an event. Its other columns remain.</summary>
    public void Erase(long room, EventExtent extent, long offset)
    {
        var id = EventRow.Id(room, offset);
        if (_size.Bind(1, id).Step())
            extent.Bytes -= _size.Long(0);
        _size.Reset();
        _erase.Bind(1, id).Run();
    }

    /// <summary>Reads the latest events into a ring, up to the given limits.</summary>
    public void ReadLatest(long room, int most, int mostBytes, EventRing ring)
    {
        var latest = new List<RoomEvent>();
        var bytes = 0L;
        _latest.Bind(1, EventRow.Id(room, 0)).Bind(2, EventRow.LastId(room));
        try
        {
            while (latest.Count < most && _latest.Step())
            {
                var roomEvent = EventRow.Read(_latest);
                bytes += roomEvent.HistorySize;
                if (bytes > mostBytes)
                    break;
                latest.Add(roomEvent);
            }
        }
        finally
        {
            // A row may be damaged. The statement must be able to run again for other rooms.
            _latest.Reset();
        }

        for (var i = latest.Count - 1; i >= 0; i--)
            ring.Add(latest[i]);
    }

    /// <summary>Reads time and offset of the oldest event.</summary>
    public void ReadOldest(long room, EventExtent extent)
    {
        if (extent.Count == 0)
            return;
        _oldest.Bind(1, EventRow.Id(room, extent.Dropped + 1)).Bind(2, EventRow.LastId(room));
        if (_oldest.Step())
            ReadOldest(extent);
        _oldest.Reset();
    }

    /// <summary>Drops the oldest events of a room that exceed its limits.</summary>
    /// <param name="room">The room's id.</param>
    /// <param name="extent">The extent of its events.</param>
    /// <param name="keptFrom">Events from this offset on are kept regardless of the limits.</param>
    /// <param name="retention">The limits.</param>
    /// <param name="now">The store's time, in milliseconds since the Unix epoch.</param>
    public void Trim(long room, EventExtent extent, long keptFrom, in Retention retention, long now)
    {
        if (!retention.IsExceeded(extent, now) || extent.OldestOffset >= keptFrom)
            return;
        _oldest.Bind(1, EventRow.Id(room, extent.Dropped + 1)).Bind(2, EventRow.LastId(room));
        var first = 0L;
        var last = 0L;
        var dropped = 0;
        while (_oldest.Step())
        {
            ReadOldest(extent);
            if (dropped == MaxDropped || !retention.ShouldDrop(extent, now) || extent.OldestOffset >= keptFrom)
                break;
            last = _oldest.Long(0);
            first = first == 0 ? last : first;
            extent.Dropped = EventRow.OffsetOf(last);
            extent.DroppedCheck = _oldest.Unsigned(2);
            extent.Count--;
            extent.Bytes -= EventRow.SizeOf(_oldest.Int(3), _oldest.IsNull(4) ? null : _oldest.Int(4));
            dropped++;
        }

        _oldest.Reset();
        if (dropped > 0)
            _delete.Bind(1, first).Bind(2, last).Run();
    }

    /// <summary>Deletes all events of a room.</summary>
    public void DeleteAll(long room) => _delete.Bind(1, EventRow.Id(room, 0)).Bind(2, EventRow.LastId(room)).Run();

    private void ReadOldest(EventExtent extent) => (extent.OldestTime, extent.OldestOffset) = (_oldest.Long(1), EventRow.OffsetOf(_oldest.Long(0)));
}
