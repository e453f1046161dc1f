using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using TPacket.Server;
using TPacket.Server.Sqlite.Reading;
using TPacket.Server.Sqlite.Storage;
using TPacket.Tool.Commands;

namespace TPacket.Tool.Stores;

/// <summary>Reads rooms from a SQLite file. Each page is a separate short transaction, because the write-ahead log grows during a transaction.</summary>
internal sealed class SqliteLogSource : ILogSource
{
    private const int PageSize = 1000;

    private static readonly TimeSpan _busyTimeout = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly Statement _rooms;
    private readonly PageReader _reader;

    private SqliteLogSource(string path, Database database)
    {
        _path = path;
        _rooms = database.Prepare("SELECT name, offset, time, (SELECT count(*) FROM member WHERE member.room = room.id) FROM room WHERE name > ?1 ORDER BY name LIMIT ?2");
        // The reader disposes of the database.
        _reader = new PageReader(database, generation: 0);
    }

    /// <summary>Opens a file that a server may be using.</summary>
    /// <exception cref="ToolException">The file cannot be opened, has no rooms or has another version.</exception>
    public static SqliteLogSource Open(string path)
    {
        if (!File.Exists(path))
            throw new ToolException($"The file '{path}' does not exist.");
        Database? database = null;
        try
        {
            database = Database.Open(path, DatabaseAccess.Inspect, _busyTimeout);
            if (database.Scalar("PRAGMA application_id") != Schema.ApplicationId)
                throw new ToolException($"The file '{path}' has no rooms: it is a SQLite database of another program.");
            var version = database.Scalar("PRAGMA user_version");
            if (version != Schema.Version)
                throw new ToolException($"The file '{path}' has version {version} of the schema; this tool reads version {Schema.Version}. {(version < Schema.Version ? "Start a server of this version once to migrate the file." : "Use a newer tool.")}");
            return new SqliteLogSource(path, database);
        }
        catch (SqliteException e)
        {
            database?.Dispose();
            throw new ToolException(SqliteErrors.Describe(e, path), e);
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    public async IAsyncEnumerable<StoredRoom> ReadRoomsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = "";
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = Read(() => ReadRooms(last));
            foreach (var room in page)
                yield return room;
            if (page.Count < PageSize)
                yield break;
            last = page[^1].Name;
            await Task.Yield();
        }
    }

    public Task<RoomPage?> ReadAsync(string room, RoomPosition? after, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var page = Read(() => _reader.Read(Encoding.UTF8.GetBytes(room), default, after, PageSize));
        // For a room without a row, the reader returns the given position.
        return Task.FromResult(page.Position.Epoch == 0 ? null : page);
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return default;
    }

    private List<StoredRoom> ReadRooms(string behind)
    {
        var rooms = new List<StoredRoom>();
        _rooms.BindText(1, Encoding.UTF8.GetBytes(behind)).Bind(2, PageSize);
        while (_rooms.Step())
        {
            var (offset, time) = (_rooms.Long(1), _rooms.Long(2));
            rooms.Add(new StoredRoom(
                Encoding.UTF8.GetString(_rooms.Bytes(0)), _rooms.Long(3), offset, offset == RoomPosition.NoEvent ? null : DateTimeOffset.FromUnixTimeMilliseconds(time)));
        }

        return rooms;
    }

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e)
        {
            throw new RoomStoreException(SqliteErrors.Describe(e, _path), isOutcomeUnknown: false, e);
        }
    }
}
