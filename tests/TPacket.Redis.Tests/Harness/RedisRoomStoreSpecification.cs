using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The specification of room stores for Redis, with a retention equal to the history of newcomers.</summary>
/// <param name="configuration">The configuration string of Redis.</param>
public abstract class RedisRoomStoreSpecification(string configuration) : RoomStoreSpecification
{
    private readonly TestStores _stores = new(configuration);

    protected override int? HistoryMessages => 100;

    protected override bool KeepsRooms => true;

    protected override bool HasOwnClock => true;

    protected override async ValueTask<IRoomStore> CreateAsync() => await _stores.CreateAsync();

    protected override async ValueTask<IRoomStore> OpenAnotherAsync(IRoomStore store) => await _stores.OpenAsync();

    protected override async ValueTask<IRoomStore> ReopenAsync(IRoomStore store)
    {
        // Its lease expires by itself, as after a killed process.
        await ((RedisStore)store).DisposeAsync();
        return await _stores.OpenAsync();
    }

    protected override async ValueTask InterruptAsync(IRoomStore store)
    {
        await using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync($"{configuration},allowAdmin=true");
        foreach (var server in connection.GetServers())
            await server.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
    }
}
