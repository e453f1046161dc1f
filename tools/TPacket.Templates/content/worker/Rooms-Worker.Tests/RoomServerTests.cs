using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Client;
using TPacket.Protocol;
using TPacket.Server;

namespace Rooms_Worker.Tests;

public class RoomServerTests
{
    [Fact]
    public async Task A_roll_is_replied_to_and_announced()
    {
        using var host = await StartAsync();
        await using var client = Client(host);
        var messages = client.ReadEventsAsync().OfType<RoomMessage>();
        await client.ConnectAsync("alice", "lobby");

        var reply = await client.RequestAsync(new Packet(RollCommand.Number) { P1 = 6 });

        Assert.InRange(reply.P1, 1, 6);
        Assert.Equal($"alice rolls {reply.P1} of 6.", await FirstTextAsync(messages));
    }

    [Fact]
    public async Task A_die_without_sides_is_refused()
    {
        using var host = await StartAsync();
        await using var client = Client(host);
        await client.ConnectAsync("alice", "lobby");

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => client.RequestAsync(new Packet(RollCommand.Number)));

        Assert.Equal(PacketErrorCode.InvalidArgument, refused.Code);
    }

    [Fact]
    public async Task The_time_is_announced()
    {
        using var host = await StartAsync("--Announcer:Period=00:00:00.1");
        await using var client = Client(host);
        var messages = client.ReadEventsAsync().OfType<RoomMessage>();
        await client.ConnectAsync("alice", "lobby");

        Assert.StartsWith("It is ", await FirstTextAsync(messages));
    }

    private static async Task<IHost> StartAsync(params string[] args)
    {
        var host = RoomServer.Create(["--TPacket:Address=127.0.0.1", "--TPacket:Port=0", .. args]);
        await host.StartAsync();
        return host;
    }

    private static TPacketClient Client(IHost host) => new(new Uri($"ws://{host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/"));

    private static async Task<string> FirstTextAsync(IAsyncEnumerable<RoomMessage> messages)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return (await messages.FirstAsync(deadline.Token)).Text;
    }
}
