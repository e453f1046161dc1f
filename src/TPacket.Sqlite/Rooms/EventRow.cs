using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Rooms;

/// <summary>Converts events to rows of their table and back.</summary>
internal static class EventRow
{
    /// <summary>The columns after the id.</summary>
    public const string Columns = "time, \"check\", kind, stream, user, session, generation, nick, cause, command, p1, p2, data";

    private const int SeparatorLength = 2;
    private const long MaxOffset = (1L << Schema.OffsetBits) - 1;
    private const long MaxRoom = (1L << (63 - Schema.OffsetBits)) - 1;

    /// <summary>Returns the row id of an event.</summary>
    /// <exception cref="RoomStoreException">The file has the maximum number of rooms, or the room the maximum number of events.</exception>
    public static long Id(long room, long offset)
    {
        if (room > MaxRoom)
            throw new RoomStoreException($"The file has the maximum of {MaxRoom} rooms.", isOutcomeUnknown: false);
        if (offset > MaxOffset)
            throw new RoomStoreException($"The room's log has the maximum of {MaxOffset} events.", isOutcomeUnknown: false);
        return (room << Schema.OffsetBits) + offset;
    }

    public static long LastId(long room) => (room << Schema.OffsetBits) | MaxOffset;

    public static long OffsetOf(long id) => id & MaxOffset;

    /// <summary>Returns the size of an event for retention, in bytes, from the lengths of its data and its author's nick.</summary>
    public static int SizeOf(int data, int? nick) => data + (nick is { } length ? length + SeparatorLength : 0);

    public static void Bind(Statement statement, long room, in RoomEvent roomEvent)
    {
        statement.Bind(1, Id(room, roomEvent.Offset)).Bind(2, roomEvent.Time).Bind(3, roomEvent.Check).Bind(4, (long)roomEvent.Kind).Bind(5, (long)roomEvent.Stream);
        if (roomEvent.Member is { } member)
            statement.Bind(6, member.Id).Bind(7, member.Session).Bind(8, member.Generation).BindText(9, member.NickUtf8);
        else
            statement.BindNull(6).BindNull(7).BindNull(8).BindNull(9);
        if (roomEvent.Kind == RoomEventKind.Packet)
            statement.BindNull(10).Bind(11, roomEvent.Command).Bind(12, roomEvent.P1).Bind(13, roomEvent.P2);
        else if (roomEvent.Kind == RoomEventKind.Rules)
            statement.BindNull(10).BindNull(11).Bind(12, roomEvent.P1).Bind(13, roomEvent.P2);
        else if (roomEvent.Kind == RoomEventKind.Left)
            statement.Bind(10, (long)roomEvent.Cause).BindNull(11).BindNull(12).BindNull(13);
        else
            statement.BindNull(10).BindNull(11).BindNull(12).BindNull(13);
        statement.BindBlob(14, roomEvent.Data.Span);
    }

    /// <summary>Reads the current row of a statement that selects the id and <see cref="Columns"/>.</summary>
    /// <exception cref="SqliteException">The row is not a valid event.</exception>
    public static RoomEvent Read(Statement row)
    {
        var kind = (RoomEventKind)row.Int(3);
        var member = row.IsNull(5) ? null : new RoomMember(row.Int(5), Encoding.UTF8.GetString(row.Bytes(8)), row.Long(6), row.Int(7));
        var data = row.Bytes(13).ToArray();
        var roomEvent = kind switch
        {
            RoomEventKind.Announcement => RoomEvent.Announcement(data),
            RoomEventKind.Packet => RoomEvent.Packet(row.Int(10), row.Int(11), row.Int(12), data, member, (RoomStream)row.Int(4)),
            RoomEventKind.Rules => ReadRules(data, row.Int(11), row.Int(12)),
            RoomEventKind.Opened when data.Length == sizeof(long) => RoomEvent.Opened(TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(data))),
            RoomEventKind.Joined when member is not null => RoomEvent.Joined(member),
            RoomEventKind.Left when member is not null => RoomEvent.Left(member, (LeaveCause)row.Int(9)),
            RoomEventKind.Renamed when member is not null => RoomEvent.Renamed(member, data),
            RoomEventKind.Away when member is not null => RoomEvent.Away(member.AsAway()),
            RoomEventKind.Returned when member is not null => RoomEvent.Returned(member),
            RoomEventKind.Message when member is not null => RoomEvent.Message(member, data),
            RoomEventKind.Deletion when data.Length == sizeof(long) => RoomEvent.Deletion(BinaryPrimitives.ReadInt64LittleEndian(data)),
            RoomEventKind.Deleted => (member is null ? RoomEvent.Announcement(data) : RoomEvent.Message(member, data)).AsDeleted(),
            _ => throw new SqliteException($"The event {row.Long(0)} has an unknown kind or invalid columns", SqliteErrors.Damage),
        };
        return roomEvent with { Offset = OffsetOf(row.Long(0)), Time = row.Long(1), Check = row.Unsigned(2) };
    }

    /// <summary>Returns the event that names a room's rules, from its columns.</summary>
    /// <exception cref="SqliteException">The data is too short.</exception>
    public static RoomEvent ReadRules(ReadOnlySpan<byte> data, int version, int readsPresence) => data.Length < sizeof(long)
        ? throw new SqliteException("The event that names the rules of a room is too short", SqliteErrors.Damage)
        : RoomEvent.Rules(Encoding.UTF8.GetString(data[sizeof(long)..]), version, readsPresence != 0, BinaryPrimitives.ReadInt64LittleEndian(data));
}
