using System.Diagnostics;
using TPacket.Server.Tests.Harness;
using TPacket.Transports.Buffers;

namespace TPacket.Server.Tests.Rooms.Delivery;

/// <summary>A thousand clients in one room.</summary>
[Collection(CrowdCollection.Name)]
public class CrowdTests
{
    private const int Clients = 1000;

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(TransportKind.Sockets)]
    [InlineData(TransportKind.Auto)]
    public async Task A_thousand_clients_join_receive_a_message_and_leave_without_a_leak(TransportKind transport)
    {
        var before = BufferPool.Outstanding;
        await using (var server = await TestServer.StartAsync(o => o.Transport = transport))
        {
            var clients = new RawClient[Clients];
            await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            {
                clients[i] = await server.ConnectRawAsync();
                await clients[i].JoinAsync($"client{i}", "room");
            });
            Assert.Equal(Clients, server.Rooms.Find("room")!.MemberCount);

            await clients[0].SendAsync(new Packet(7, Wire.NewMsg, "hello everybody"));
            await Parallel.ForEachAsync(clients, async (client, _) => await HearAsync(client, "hello everybody"));

            await Parallel.ForAsync(0, Clients, async (i, _) =>
            {
                if (i % 2 == 0)
                    clients[i].Reset();
                else
                    await clients[i].SendAsync(ClientFrame.Close(1000));
            });
            await server.EndedAsync(Clients);
            Assert.Empty(server.Rooms.Rooms);
            Assert.Equal(0, server.Server.ConnectionCount);
            foreach (var client in clients)
                client.Dispose();
        }

        // The last thread may have reported the end shortly before it returned its buffer, and no event reports the return.
        SpinWait.SpinUntil(() => BufferPool.Outstanding == before, Deadline.Limit);
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Theory]
    [InlineData(TransportKind.Sockets)]
    [InlineData(TransportKind.Auto)]
    public async Task A_connection_has_no_thread(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        using var first = await server.ConnectRawAsync();
        await first.SignInAsync("first");
        var before = CountThreads();
        var clients = new List<RawClient>();
        for (var i = 0; i < 300; i++)
        {
            clients.Add(await server.ConnectRawAsync());
            await clients[i].SignInAsync($"client{i}");
        }

        // The thread pool may have started threads.
        Assert.InRange(CountThreads(), 1, before + 100);
        clients.ForEach(static client => client.Dispose());

        static int CountThreads()
        {
            using var process = Process.GetCurrentProcess();
            return process.Threads.Count;
        }
    }

    private static async Task HearAsync(RawClient client, string text)
    {
        Packet packet;
        do
            packet = (await client.ReadFrameAsync()).Packet;
        while (packet.Command == Wire.NewUser);
        Assert.Equal((Wire.NewMsg, text), (packet.Command, packet.Text));
    }
}
