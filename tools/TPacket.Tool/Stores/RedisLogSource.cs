using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TPacket.Server;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;
using TPacket.Tool.Commands;

namespace TPacket.Tool.Stores;

/// <summary>Reads rooms from Redis. The source is no node: it acquires no lease and changes no key.</summary>
internal sealed class RedisLogSource : ILogSource
{
    private const int PageSize = 1000;

    private readonly ConnectionMultiplexer _connection;
    private readonly string _prefix;
    private readonly KeySpace _keys;
    private readonly ScriptRunner _scripts;

    private RedisLogSource(ConnectionMultiplexer connection, string prefix) =>
        (_connection, _prefix, _keys, _scripts) = (connection, prefix, new KeySpace(prefix), new ScriptRunner(connection));

    /// <summary>Connects.</summary>
    /// <param name="configuration">The servers, in the form of the option <c>TPacket:Redis:Configuration</c>.</param>
    /// <param name="prefix">The prefix of the keys.</param>
    /// <exception cref="ToolException">Redis cannot be reached, or the configuration is invalid.</exception>
    public static async Task<RedisLogSource> ConnectAsync(string configuration, string prefix)
    {
        try
        {
            var options = ConfigurationOptions.Parse(configuration);
            options.ClientName = "tpacket-tool";
            (options.TieBreaker, options.ConfigurationChannel) = ("", "");
            return new RedisLogSource(await ConnectionMultiplexer.ConnectAsync(options), prefix);
        }
        catch (Exception e) when (e is RedisException or ArgumentException)
        {
            throw new ToolException($"Redis cannot be reached: {e.Message}", e);
        }
    }

    public async IAsyncEnumerable<StoredRoom> ReadRoomsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Redis returns keys in no order, and can return a key twice.
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var server in _connection.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }))
        {
            await foreach (var key in Translate(server.KeysAsync(pattern: $"{Escape(_prefix)}:{{*}}:r:*", pageSize: PageSize)).WithCancellation(cancellationToken))
                names.Add(key.Split(":r:", 2)[1]);
        }

        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ReadRoomAsync(name) is { } room)
                yield return room;
        }
    }

    public async Task<RoomPage?> ReadAsync(string room, RoomPosition? after, CancellationToken cancellationToken)
    {
        var (keys, from) = (_keys.Room(room), after ?? default);
        var reply = await _scripts.RunAsync(
            Script.Read, keys.Partition, keys.ForRead, [after is null ? "first" : "after", EventEntry.Hex(from.Epoch), from.Offset, EventEntry.Hex(from.Check), PageSize]).WaitAsync(cancellationToken);
        return RedisReply.Status(reply) == "none" ? null : RedisReply.Page(reply, PageSize);
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    /// <summary>Escapes the special characters of a pattern.</summary>
    private static string Escape(string text) => string.Concat(text.Select(static character => @"*?[]^\".Contains(character, StringComparison.Ordinal) ? $@"\{character}" : $"{character}"));

    private static async IAsyncEnumerable<string> Translate(IAsyncEnumerable<RedisKey> keys)
    {
        await using var enumerator = keys.GetAsyncEnumerator();
        while (await MoveNextAsync())
            yield return enumerator.Current.ToString();

        async Task<bool> MoveNextAsync()
        {
            try
            {
                return await enumerator.MoveNextAsync();
            }
            catch (RedisException e)
            {
                throw RedisErrors.Translate(e);
            }
        }
    }

    private async Task<StoredRoom?> ReadRoomAsync(string name)
    {
        try
        {
            var (keys, database) = (_keys.Room(name), _connection.GetDatabase());
            var state = await database.HashGetAsync(keys.State, ["o", "t"]);
            if (state[0].IsNull)
                return null;
            // The roster has two fields for each member: its id and its session.
            var members = (await database.HashKeysAsync(keys.Members)).Count(static field => !field.ToString().StartsWith("s:", StringComparison.Ordinal));
            var offset = long.Parse(state[0].ToString(), CultureInfo.InvariantCulture);
            var time = long.Parse(state[1].ToString(), CultureInfo.InvariantCulture);
            return new StoredRoom(name, members, offset, offset == RoomPosition.NoEvent ? null : DateTimeOffset.FromUnixTimeMilliseconds(time));
        }
        catch (RedisException e)
        {
            throw RedisErrors.Translate(e);
        }
    }
}
