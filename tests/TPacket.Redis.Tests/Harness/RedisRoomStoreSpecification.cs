using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The store keeps to the contract, with as many events in Redis as newcomers are shown.</summary>
/// <param name="configuration">Where Redis is.</param>
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
        // Its lease ends by itself, as that of a process that was killed.
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
