using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Transports.Loops;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>The threads that deliver committed events and continue their callers.</summary>
public sealed class DeliveryTests : IDisposable
{
    private const int Command = 1000;
    private const int Clients = 6;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_continues_on_its_event_loop_after_an_append(bool inline)
    {
        if (!OperatingSystem.IsLinux())
            return; // Other systems have no event loops.
        var seen = new Recorder<(bool OnLoop, bool OnSameThread)>();
        using var host = await StartAsync(server => server.AddCommand(
            Command,
            async context =>
            {
                var thread = Thread.CurrentThread;
                Assert.True((await context.SayAsync("said"u8.ToArray())).IsAppended);
                seen.Add((EventLoop.IsCurrent, thread == Thread.CurrentThread));
            },
            CommandScope.Client,
            inline));
        // Callers of another event loop continue on their own loop.
        var clients = new List<TestClient>();
        for (var i = 0; i < Clients; i++)
            clients.Add(await JoinAsync(host, $"c{i}"));
        for (var round = 0; round < 5; round++)
            await Task.WhenAll(clients.Select(static client => client.SendAsync(Command)));

        await seen.NthAsync(5 * Clients, static _ => true);

        Assert.All(seen.All, each => Assert.Equal(inline, each.OnLoop));
        if (inline)
            Assert.All(seen.All, static each => Assert.True(each.OnSameThread));
        foreach (var client in clients)
            await client.DisposeAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Clients_messages_are_delivered_on_their_event_loop_and_the_hosts_elsewhere()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var host = await StartAsync(static _ => { });
        var store = host.Services.GetRequiredService<IRoomStore>();
        var watcher = new Watcher();
        await using var log = await store.OpenAsync("lobby", watcher, default);
        await using var client = await JoinAsync(host, "alice");
        await client.SayAsync("hello");
        Assert.True(await watcher.OnLoop.FirstAsync(static seen => seen.Text == "hello") is { OnLoop: true });

        await log.AppendAsync(new RoomAppend(RoomEvent.Announcement("from the host"u8.ToArray())));

        Assert.True(await watcher.OnLoop.FirstAsync(static seen => seen.Text == "from the host") is { OnLoop: false });
        await client.DisposeAsync();
        await host.StopAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<TestClient> JoinAsync(IHost host, string nick)
    {
        var endPoint = (IPEndPoint)host.Services.GetRequiredService<TPacketServer>().EndPoints[0];
        var client = await TestClient.ConnectAsync(new Uri($"ws://127.0.0.1:{endPoint.Port}/"));
        await client.SignInAsync(nick);
        await client.JoinAsync("lobby");
        return client;
    }

    private async Task<IHost> StartAsync(Action<ITPacketServerBuilder> build)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var server = builder.Services.AddTPacketServer(static o => (o.Address, o.Port, o.Transport, o.EventLoops) = ("127.0.0.1", 0, TransportKind.Epoll, 2));
        server.UseSqlite(options => options.Path = _folder.File);
        build(server);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Subscribes to a room's log directly at the store.</summary>
    private sealed class Watcher : IRoomSubscriber
    {
        public Recorder<(string Text, bool OnLoop)> OnLoop { get; } = new();

        public void OnReset(RoomSnapshot snapshot)
        {
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            foreach (ref readonly var roomEvent in events)
                OnLoop.Add((System.Text.Encoding.UTF8.GetString(roomEvent.Data.Span), EventLoop.IsCurrent));
        }

        public void OnLost(Exception cause)
        {
        }
    }
}
