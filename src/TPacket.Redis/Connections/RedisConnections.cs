using StackExchange.Redis;
using TPacket.Server.Redis.Options;

namespace TPacket.Server.Redis.Connections;

/// <summary>The two connections of a server to Redis: one for commands, and a replaceable one for notifications.</summary>
internal sealed class RedisConnections : IAsyncDisposable
{
    // StackExchange.Redis sends a ping at this interval and closes a connection after four intervals without an answer.
    private const int KeepAliveSeconds = 2;

    private readonly StoreSettings _settings;
    private readonly Action _onMissed;
    private ConnectionMultiplexer? _events;

    private RedisConnections(StoreSettings settings, ConnectionMultiplexer commands, Action onMissed)
    {
        _settings = settings;
        Commands = commands;
        _onMissed = onMissed;
    }

    public ConnectionMultiplexer Commands { get; }

    public ConnectionMultiplexer Events => Volatile.Read(ref _events)!;

    /// <summary>Opens both connections.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="onMissed">Called on a thread of StackExchange.Redis when notifications may have been lost.</param>
    /// <exception cref="RoomStoreException">Redis cannot be reached.</exception>
    public static async Task<RedisConnections> ConnectAsync(StoreSettings settings, Action onMissed)
    {
        var connections = new RedisConnections(settings, await ConnectAsync(settings, "commands").ConfigureAwait(false), onMissed);
        try
        {
            connections._events = await connections.ConnectEventsAsync().ConfigureAwait(false);
            return connections;
        }
        catch
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Replaces the connection for notifications.</summary>
    /// <param name="subscribe">Subscribes on the new connection.</param>
    public async Task ReplaceEventsAsync(Func<ISubscriber, Task> subscribe)
    {
        var dead = Events;
        Volatile.Write(ref _events, await ConnectEventsAsync().ConfigureAwait(false));
        await subscribe(Events.GetSubscriber()).ConfigureAwait(false);
        await dead.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_events is not null)
            await _events.DisposeAsync().ConfigureAwait(false);
        await Commands.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ConnectionMultiplexer> ConnectEventsAsync()
    {
        var connection = await ConnectAsync(_settings, "events").ConfigureAwait(false);
        connection.ConnectionRestored += (_, _) => _onMissed();
        return connection;
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(StoreSettings settings, string use)
    {
        var configuration = ConfigurationOptions.Parse(settings.Options.Configuration);
        configuration.ClientName = $"{settings.Options.KeyPrefix}-{use}";
        // RESP2 gives pub/sub a connection of its own. Redis closes a subscribed connection that reads too slowly; commands must not fail with it.
        configuration.Protocol = RedisProtocol.Resp2;
        configuration.AsyncTimeout = configuration.SyncTimeout = (int)settings.StoreTimeout.TotalMilliseconds;
        configuration.KeepAlive = KeepAliveSeconds;
        // Disables the two mechanisms by which StackExchange.Redis itself finds a primary, a key and a channel: Sentinel and Cluster name the primary.
        (configuration.TieBreaker, configuration.ConfigurationChannel) = ("", "");
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw RedisErrors.Translate(e);
        }
    }
}
