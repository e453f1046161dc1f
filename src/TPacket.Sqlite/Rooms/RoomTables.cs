using System.Buffers.Binary;
using System.Text;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>The tables of rooms, members and requests. Used by the writer's thread.</summary>
internal sealed class RoomTables
{
    private const int HeadLength = 17;
    private const string Columns =
        "branch, run, epoch, key0, key1, offset, \"check\", time, heads, chat_count, chat_bytes, chat_dropped, chat_dropped_check, other_count, other_bytes, other_dropped, other_dropped_check";

    private readonly Statement _find;
    private readonly Statement _get;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _updateOldest;
    private readonly Statement _delete;
    private readonly Statement _expired;
    private readonly Statement _members;
    private readonly Statement _putMember;
    private readonly Statement _deleteMember;
    private readonly Statement _deleteMembers;
    private readonly Statement _requests;
    private readonly Statement _putRequest;
    private readonly Statement _deleteRequest;
    private readonly Statement _deleteAuthor;
    private readonly Statement _deleteRequests;
    private byte[] _heads = new byte[4 * HeadLength];

    public RoomTables(Database database)
    {
        Chat = new EventTable(database, "chat");
        Other = new EventTable(database, "other");
        Rules = new RulesTable(database);
        _find = database.Prepare($"SELECT id, {Columns} FROM room WHERE name = ?1");
        _get = database.Prepare($"SELECT id, {Columns} FROM room WHERE id = ?1");
        _insert = database.Prepare($"INSERT INTO room (name, {Columns}, oldest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19) RETURNING id");
        _update = database.Prepare("""
            UPDATE room SET branch = ?2, run = ?3, epoch = ?4, key0 = ?5, key1 = ?6, offset = ?7, "check" = ?8, time = ?9, heads = ?10, chat_count = ?11, chat_bytes = ?12, chat_dropped = ?13,
            chat_dropped_check = ?14, other_count = ?15, other_bytes = ?16, other_dropped = ?17, other_dropped_check = ?18 WHERE id = ?1
            """);
        _updateOldest = database.Prepare("UPDATE room SET oldest = ?2 WHERE id = ?1");
        _delete = database.Prepare("DELETE FROM room WHERE id = ?1");
        _expired = database.Prepare("SELECT id, name FROM room WHERE oldest < ?1 ORDER BY oldest LIMIT ?2");
        _members = database.Prepare("SELECT user, session, generation, away, nick, offset, \"check\", time FROM member WHERE room = ?1 ORDER BY offset");
        _putMember = database.Prepare("INSERT OR REPLACE INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _deleteMember = database.Prepare("DELETE FROM member WHERE room = ?1 AND user = ?2");
        _deleteMembers = database.Prepare("DELETE FROM member WHERE room = ?1");
        _requests = database.Prepare("SELECT author, number, digest, offset, \"check\", time FROM request WHERE room = ?1 ORDER BY offset, number");
        _putRequest = database.Prepare("INSERT INTO request VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _deleteRequest = database.Prepare("DELETE FROM request WHERE room = ?1 AND author = ?2 AND number = ?3");
        _deleteAuthor = database.Prepare("DELETE FROM request WHERE room = ?1 AND author = ?2");
        _deleteRequests = database.Prepare("DELETE FROM request WHERE room = ?1");
    }

    public EventTable Chat { get; }

    public EventTable Other { get; }

    public RulesTable Rules { get; }

    /// <summary>Finds a room by its name.</summary>
    /// <returns>Null if the file does not have it.</returns>
    public RoomRecord? Find(ReadOnlySpan<byte> name) => ReadRecord(_find.BindText(1, name));

    /// <summary>Finds a room by its id.</summary>
    /// <returns>Null if the file does not have it.</returns>
    public RoomRecord? Find(long room) => ReadRecord(_get.Bind(1, room));

    /// <summary>Inserts the row of a room and sets its id.</summary>
    public void Insert(ReadOnlySpan<byte> name, RoomRecord record)
    {
        BindRecord(_insert.BindText(1, name), record);
        _insert.Bind(19, record.Time).Step();
        record.Oldest = record.Time;
        record.Id = _insert.Long(0);
        _insert.Run();
    }

    /// <summary>Updates the row of a room.</summary>
    /// <param name="record">The room.</param>
    /// <param name="oldest">The time by which retention finds the room.</param>
    public void Update(RoomRecord record, long oldest)
    {
        BindRecord(_update.Bind(1, record.Id), record);
        _update.Run();
        // SQLite would update the index even if the value is unchanged.
        if (record.Oldest == oldest)
            return;
        _updateOldest.Bind(1, record.Id).Bind(2, oldest).Run();
        record.Oldest = oldest;
    }

    /// <summary>Returns rooms with events before a time, the oldest first.</summary>
    public List<(long Id, string Name)> FindExpired(long time, int most)
    {
        var found = new List<(long, string)>();
        _expired.Bind(1, time).Bind(2, most);
        while (_expired.Step())
            found.Add((_expired.Long(0), Encoding.UTF8.GetString(_expired.Bytes(1))));
        return found;
    }

    /// <summary>Deletes a room with its events, members, requests and rules.</summary>
    public void Delete(long room)
    {
        Rules.Delete(room);
        Chat.DeleteAll(room);
        Other.DeleteAll(room);
        _deleteMembers.Bind(1, room).Run();
        _deleteRequests.Bind(1, room).Run();
        _delete.Bind(1, room).Run();
    }

    /// <summary>Inserts an event and applies it to the roster.</summary>
    public void Append(RoomRecord record, in RoomEvent roomEvent)
    {
        if (roomEvent.IsHistory)
            Chat.Insert(record.Id, record.Chat, roomEvent, roomEvent.HistorySize);
        else
            Other.Insert(record.Id, record.Other, roomEvent, EventRow.SizeOf(roomEvent.Data.Length, roomEvent.Member?.NickUtf8.Length));
        if (roomEvent.Kind == RoomEventKind.Opened)
            record.HasRecordedDowntime = true;
        if (roomEvent.Kind == RoomEventKind.Deletion)
            Chat.Erase(record.Id, record.Chat, roomEvent.DeletedOffset);
        if (!roomEvent.ChangesRoster || roomEvent.Member is not { } member)
            return;
        if (roomEvent.Kind == RoomEventKind.Left)
        {
            _deleteMember.Bind(1, record.Id).Bind(2, member.Id).Run();
            return;
        }

        _putMember.Bind(1, record.Id).Bind(2, member.Id).Bind(3, member.Session).Bind(4, member.Generation).Bind(5, member.IsAway ? 1L : 0L).BindText(6, member.NickUtf8)
            .Bind(7, roomEvent.Offset).Bind(8, roomEvent.Check).Bind(9, roomEvent.Time).Run();
    }

    public void PutRequest(long room, RequestId request, ulong digest, RoomPosition position, long time) => _putRequest
        .Bind(1, room).Bind(2, request.Author).Bind(3, request.Number).Bind(4, digest).Bind(5, position.Offset).Bind(6, position.Check).Bind(7, time).Run();

    /// <summary>Deletes a request, or all requests of an author.</summary>
    public void DeleteRequests(long room, long author, long? number)
    {
        if (number is { } one)
            _deleteRequest.Bind(1, room).Bind(2, author).Bind(3, one).Run();
        else
            _deleteAuthor.Bind(1, room).Bind(2, author).Run();
    }

    /// <summary>Reads the roster and the requests of a room.</summary>
    public void Restore(RoomRecord record, LogState state)
    {
        _members.Bind(1, record.Id);
        while (_members.Step())
        {
            var member = new RoomMember(_members.Int(0), Encoding.UTF8.GetString(_members.Bytes(4)), _members.Long(1), _members.Int(2));
            state.Restore(RoomEvent.Joined(_members.Int(3) == 0 ? member : member.AsAway()) with { Offset = _members.Long(5), Check = _members.Unsigned(6), Time = _members.Long(7) });
        }

        _requests.Bind(1, record.Id);
        while (_requests.Step())
        {
            var position = new RoomPosition(record.Last.Epoch, _requests.Long(3), _requests.Unsigned(4));
            state.Restore(new RequestId(_requests.Long(0), _requests.Long(1)), _requests.Unsigned(2), position, _requests.Long(5));
        }

        state.EndRestore();
    }

    private RoomRecord? ReadRecord(Statement row)
    {
        if (!row.Step())
            return null;
        var record = new RoomRecord
        {
            Id = row.Long(0),
            Branch = row.Long(1),
            Run = row.Long(2),
            Key = (row.Unsigned(4), row.Unsigned(5)),
            Last = new RoomPosition(row.Unsigned(3), row.Long(6), row.Unsigned(7)),
            Time = row.Long(8),
            Heads = ReadHeads(row.Bytes(9)),
        };
        ReadExtent(row, 10, record.Chat);
        ReadExtent(row, 14, record.Other);
        row.Reset();
        // Saves a query: a room without events of this stream has no rules.
        if (record.Heads.Any(static head => head.Stream == RoomStream.Rules))
            record.Rules = Rules.Find(record.Id, record.Last.Epoch);
        Chat.ReadOldest(record.Id, record.Chat);
        Other.ReadOldest(record.Id, record.Other);
        return record;
    }

    private static void ReadExtent(Statement row, int column, EventExtent extent)
    {
        extent.Count = row.Long(column);
        extent.Bytes = row.Long(column + 1);
        extent.Dropped = row.Long(column + 2);
        extent.DroppedCheck = row.Unsigned(column + 3);
    }

    private void BindRecord(Statement statement, RoomRecord record)
    {
        statement.Bind(2, record.Branch).Bind(3, record.Run).Bind(4, record.Last.Epoch).Bind(5, record.Key.First).Bind(6, record.Key.Second)
            .Bind(7, record.Last.Offset).Bind(8, record.Last.Check).Bind(9, record.Time).BindBlob(10, WriteHeads(record.Heads));
        BindExtent(statement, 11, record.Chat);
        BindExtent(statement, 15, record.Other);
    }

    private static void BindExtent(Statement statement, int parameter, EventExtent extent) => statement
        .Bind(parameter, extent.Count).Bind(parameter + 1, extent.Bytes).Bind(parameter + 2, extent.Dropped).Bind(parameter + 3, extent.DroppedCheck);

    private ReadOnlySpan<byte> WriteHeads(IReadOnlyList<StreamHead> heads)
    {
        if (_heads.Length < heads.Count * HeadLength)
            _heads = new byte[heads.Count * HeadLength];
        for (var i = 0; i < heads.Count; i++)
        {
            var head = _heads.AsSpan(i * HeadLength, HeadLength);
            head[0] = (byte)heads[i].Stream;
            BinaryPrimitives.WriteInt64LittleEndian(head[1..], heads[i].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(head[9..], heads[i].Check);
        }

        return _heads.AsSpan(0, heads.Count * HeadLength);
    }

    private static StreamHead[] ReadHeads(ReadOnlySpan<byte> bytes)
    {
        var heads = new StreamHead[bytes.Length / HeadLength];
        for (var i = 0; i < heads.Length; i++)
        {
            var head = bytes.Slice(i * HeadLength, HeadLength);
            heads[i] = new StreamHead((RoomStream)head[0], BinaryPrimitives.ReadInt64LittleEndian(head[1..]), BinaryPrimitives.ReadUInt64LittleEndian(head[9..]));
        }

        return heads;
    }
}
