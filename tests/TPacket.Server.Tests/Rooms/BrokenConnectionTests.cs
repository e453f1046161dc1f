using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Hosting;
using TPacket.Server.Tests.Harness;
using TPacket.Transports.Buffers;
using TPacket.WebSockets;

namespace TPacket.Server.Tests.Rooms;

/// <summary>A connection that throws while a room sends to it leaks no buffer. A valid connection throws when memory is short, or when a listener of the metrics throws.</summary>
[Collection(CrowdCollection.Name)]
public class BrokenConnectionTests
{
    private const int Runs = 200;

    [Theory]
    [InlineData(false, "says")]
    [InlineData(true, "says")]
    [InlineData(true, "renames")]
    public async Task A_broadcast_that_fails_half_way_returns_its_buffers(bool follows, string what)
    {
        var before = BufferPool.Outstanding;
        for (var run = 0; run < Runs; run++)
        {
            await using var provider = Start();
            var broken = Enter(provider, "broken", follows);
            Enter(provider, "other", follows);
            var room = provider.GetRequiredService<IRoomDirectory>().Find("room")!;
            var member = room.Members.Single(static member => member.Nick == "other");
            // The queue accepts one packet; the next one releases the connection, which throws.
            (broken.TakesNothing, broken.Fault) = (true, new InvalidOperationException("The connection is broken."));
            for (var i = 0; broken.Faults == 0; i++)
            {
                Assert.True(i < 100, "The connection was not released.");
                await (what == "says" ? room.AnnounceAsync($"{i}") : ((Server.Rooms.Room)room).AppendAsync(new RoomAppend(RoomEvent.Renamed(member.WithNick($"{i}"), "x"u8.ToArray()))));
            }
        }

        // Connections of earlier tests may still have returned buffers.
        Assert.InRange(BufferPool.Outstanding - before, long.MinValue, Runs / 2);
    }

    private static ServiceProvider Start()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<TimeProvider>(new FakeTimeProvider());
        services.AddTPacketServer(static o => (o.AllowNickChange, o.OutboundQueuePackets, o.SlowConsumerPolicy) = (true, 1, SlowConsumerPolicy.Abort));
        return services.BuildServiceProvider();
    }

    private static CountingTransport Enter(ServiceProvider provider, string nick, bool follows)
    {
        var transport = new CountingTransport();
        provider.GetRequiredService<ConnectionAcceptor>().Accept(transport);
        if (follows)
            transport.Accept(Wire.Event);
        transport.Enter(nick, "room");
        return transport;
    }
}
