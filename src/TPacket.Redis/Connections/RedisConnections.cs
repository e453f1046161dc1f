using StackExchange.Redis;

namespace TPacket.Server.Redis.Connections;

/// <summary>The connections of one server: one for commands, and one for notifications, which can be replaced.</summary>
internal sealed class RedisConnections : IAsyncDisposable
{
    // StackExchange.Redis asks for an answer that often, and gives a connection up that has brought nothing four times.
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

    /// <summary>Connects.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="onMissed">Called when notifications may have been lost.</param>
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

    /// <summary>Makes the connection for notifications anew.</summary>
    /// <param name="subscribe">Subscribes on the new one.</param>
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
        // Pub/sub has a connection of its own: Redis closes one that reads too slowly.
        configuration.Protocol = RedisProtocol.Resp2;
        configuration.AsyncTimeout = configuration.SyncTimeout = (int)settings.StoreTimeout.TotalMilliseconds;
        configuration.KeepAlive = KeepAliveSeconds;
        // Neither is used: Sentinel and Cluster say who is the primary.
        (configuration.TieBreaker, configuration.ConfigurationChannel) = ("", "");
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw Failures.Translate(e);
        }
    }
}
