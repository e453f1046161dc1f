using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Cluster;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Cluster;

/// <summary>Operators read and control all servers.</summary>
public class ClusterAdminTests
{
    private const int Command = 300;

    [Fact]
    public async Task Each_server_reports_its_load_and_the_asking_server_comes_first()
    {
        await using var servers = await LinkedServers.StartAsync(3, static o => o.MaxConnections = 7);
        await using var alice = await servers[1].JoinAsync("alice", "lobby");
        await using var bob = await servers[1].JoinAsync("bob", "lobby");
        await using var nobody = await servers[1].ConnectAsync();
        await using (var carol = await servers[1].JoinWithSessionAsync("carol", NewToken()))
            carol.Cut();
        await servers[1].AwayAsync();
        await alice.FenceAsync();
        await alice.SayAsync("hello");

        var read = await servers.Admin(1).ReadServersAsync();

        Assert.Equal(3, read.Select(static server => server.Id).Distinct().Count());
        Assert.All(read, static server => Assert.Equal((TPacketServerState.Open, 7), (server.State, server.MaxConnections)));
        Assert.All(read, static server => Assert.True(server.MemoryBytes > 0 && server.ProcessorSeconds > 0 && server.Time >= server.StartedAt));
        Assert.All(read, static server => Assert.EndsWith($"/{Environment.ProcessId}", server.Name, StringComparison.Ordinal));
        Assert.Equal((3, 3, 1, 2), (read[0].Connections, read[0].Users, read[0].AwayUsers, read[0].Rooms));
        Assert.True(read[0].PacketsHandled > 4);
        Assert.True(read[0].PacketsDelivered > 0);
        Assert.All(read.Skip(1), static server => Assert.Equal((0, 0, 0L), (server.Connections, server.Users, server.PacketsHandled)));
        Assert.Equal(read[0].Id, (await servers.Admin(0).ReadServersAsync()).Skip(1).Single(static server => server.Users > 0).Id);
    }

    [Fact]
    public async Task Refused_packets_are_counted()
    {
        await using var server = await TestServer.StartAsync(static o => (o.MaxConnections, o.RoomPacketsPerSecond, o.RoomPacketBurst) = (1, 1, 1), time: new FakeTimeProvider());
        await using var alice = await server.JoinAsync("alice", "lobby");
        await alice.SayAsync("one");
        await alice.ReplyAsync(Wire.NewMsg, "one too many");
        using var refused = await server.ConnectRawAsync();
        await refused.ReadToEndAsync();

        var read = Assert.Single(await AdminOf(server).ReadServersAsync());

        Assert.Equal((TPacketServerState.Full, 1, 1), (read.State, read.PacketsRefused, read.ConnectionsRefused));
    }

    [Fact]
    public async Task Connections_of_all_servers_are_read_a_page_at_a_time_and_filtered()
    {
        var time = new FakeTimeProvider();
        await using var servers = await LinkedServers.StartAsync(2, static o => o.PingAfterIdle = TimeSpan.FromDays(700), time);
        await using var alice = await servers[0].JoinAsync("alice", "lobby");
        await using var bob = await servers[1].JoinAsync("bob", "lobby");
        await using var carol = await servers[1].SignInAsync("carol");
        time.Advance(TimeSpan.FromSeconds(1));
        var admin = servers.Admin(0);
        var ids = (await admin.ReadServersAsync()).Select(static server => server.Id).ToArray();

        var first = await admin.ReadConnectionsAsync(new ClusterConnectionFilter(), 0, 2);
        var second = await admin.ReadConnectionsAsync(new ClusterConnectionFilter(), first[^1].Id, 2);

        var address = first[0].Address;
        Assert.StartsWith("127.0.0.1:", address, StringComparison.Ordinal);
        Assert.Equal(new ClusterConnection { Id = alice.Id, Nick = "alice", Room = "lobby", Address = address, Since = time.GetUtcNow().AddSeconds(-1), Server = ids[0] }, first[0]);
        Assert.Equal(["alice", "bob"], first.Select(static connection => connection.Nick));
        var last = Assert.Single(second);
        Assert.Equal(("carol", null, ids[1]), (last.Nick, last.Room, last.Server));
        Assert.Equal("bob carol", await NicksAsync(new ClusterConnectionFilter { Server = ids[1] }));
        Assert.Equal("alice bob", await NicksAsync(new ClusterConnectionFilter { Room = "lobby" }));
        Assert.Equal("carol", await NicksAsync(new ClusterConnectionFilter { Text = "CAR" }));
        Assert.Equal("bob", await NicksAsync(new ClusterConnectionFilter { Text = $"{bob.Id}" }));
        Assert.Equal("alice", await NicksAsync(new ClusterConnectionFilter { Text = address }));
        Assert.Equal("", await NicksAsync(new ClusterConnectionFilter { IsSlow = true }));
        Assert.Equal("", await NicksAsync(new ClusterConnectionFilter { Room = "lobby", Text = "carol" }));

        async Task<string> NicksAsync(ClusterConnectionFilter filter) => string.Join(' ', (await admin.ReadConnectionsAsync(filter, 0, 10)).Select(static connection => connection.Nick));
    }

    [Fact]
    public async Task A_user_that_is_away_has_no_address_and_no_time()
    {
        await using var server = await TestServer.StartAsync();
        await using (var alice = await server.JoinWithSessionAsync("alice", NewToken()))
            alice.Cut();
        await server.AwayAsync();

        var away = Assert.Single(await AdminOf(server).ReadConnectionsAsync(new ClusterConnectionFilter(), 0, 10));

        Assert.Equal(("alice", true, null, null), (away.Nick, away.IsAway, away.Address, away.Since));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_slow_until_it_has_read()
    {
        const int PacketBytes = 32 * 1024;
        const int QueueBytes = 64 * 1024 * 1024;
        const int MuchBytes = 20 * 1024 * 1024;
        await using var server = await TestServer.StartAsync(static o => (o.OutboundQueueBytes, o.OutboundQueuePackets) = (QueueBytes, 10_000));
        await using var alice = await server.JoinAsync("alice", "lobby");
        await alice.AcceptAsync(Command);
        var user = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;
        var admin = AdminOf(server);
        var sent = 0;
        // More than the socket buffers hold.
        while (!(await SlowAsync()).Any(static slow => slow.BacklogBytes > MuchBytes))
        {
            Assert.True(user.Send(Command, data: new byte[PacketBytes]));
            sent++;
        }

        Assert.InRange((await SlowAsync())[0].BacklogBytes!.Value, 1, QueueBytes);
        Assert.Equal(1, (await admin.ReadServersAsync())[0].SlowConsumers);
        await alice.ReceiveAsync(sent);
        using var deadline = Deadline.Start();
        while ((await SlowAsync()).Count > 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        ValueTask<IReadOnlyList<ClusterConnection>> SlowAsync() => admin.ReadConnectionsAsync(new ClusterConnectionFilter { IsSlow = true }, 0, 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_has_one_to_a_thousand_connections(int maxConnections)
    {
        await using var server = await TestServer.StartAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            nameof(maxConnections), async () => await AdminOf(server).ReadConnectionsAsync(new ClusterConnectionFilter(), 0, maxConnections));
    }

    [Fact]
    public async Task A_room_is_found_on_any_server()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        await using var alice = await servers[1].JoinAsync("alice", "lobby");

        Assert.Equal(new ClusterRoom("lobby", 1), await servers.Admin(0).FindRoomAsync("lobby"));
        Assert.Equal(new ClusterRoom("lobby", 1), await servers.Admin(1).FindRoomAsync("lobby"));
        Assert.Null(await servers.Admin(0).FindRoomAsync("lobb"));
    }

    [Fact]
    public async Task An_announcement_reaches_one_room_or_all_on_any_server_and_creates_none()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        await using var alice = await servers[0].JoinAsync("alice", "a");
        await using var bob = await servers[1].JoinAsync("bob", "b");
        await using var held = await servers[1].Rooms.OpenAsync("without members");

        Assert.Equal(1, await servers.Admin(0).AnnounceAsync("b", "to b"));
        Assert.Equal(2, await servers.Admin(0).AnnounceAsync(null, "to all"));
        Assert.Equal(0, await servers.Admin(0).AnnounceAsync("c", "to nobody"));

        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "to all"), await alice.ReceiveAsync());
        Assert.Equal(["to all", "to b"], (await bob.ReceiveAsync(2)).Select(static packet => packet.Text).Order(StringComparer.Ordinal));
        Assert.Null(servers[0].Rooms.Find("c"));
        Assert.Null(servers[1].Rooms.Find("c"));
    }

    [Fact]
    public async Task Every_room_with_a_failed_announcement_is_logged()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "a");
        await using var bob = await server.JoinAsync("bob", "b");

        // No room can encode this text.
        Assert.Equal(2, server.Services.GetRequiredService<OwnedRooms>().Announce(null, null!));

        await server.Logs.FirstAsync(static e => e.Id == 1307 && e.Message.StartsWith("An operator's action failed in room 'a'.", StringComparison.Ordinal));
        await server.Logs.FirstAsync(static e => e.Id == 1307 && e.Message.StartsWith("An operator's action failed in room 'b'.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_members_of_a_closed_room_stay_connected_and_can_enter_it_again()
    {
        await using var servers = await LinkedServers.StartAsync(2, static o => o.AllowRoomChange = true);
        await using var alice = await servers[1].JoinAsync("alice", "room");
        await using (var carol = await servers[1].JoinWithSessionAsync("carol", NewToken()))
            carol.Cut();
        await servers[1].AwayAsync();

        Assert.Equal(2, await servers.Admin(0).CloseRoomAsync("room"));

        await alice.FenceUntilAsync(packet => packet.Command == Wire.DelUser && packet.P1 == alice.Id);
        await alice.JoinAsync("room");
        Assert.Contains(servers[1].Rooms.Find("room")!.Members, member => member.Nick == "alice");
        Assert.Equal(0, await servers.Admin(0).CloseRoomAsync("elsewhere"));
    }

    [Fact]
    public async Task A_server_is_drained_by_its_id_from_another_one()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        await using var alice = await servers[1].JoinAsync("alice", "lobby");
        var admin = servers.Admin(0);
        var there = (await admin.ReadServersAsync())[1].Id;

        Assert.False(await admin.DrainAsync("another"));
        Assert.True(await admin.DrainAsync(there));

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await alice.ReceiveCloseAsync());
        Assert.Equal([TPacketServerState.Open, TPacketServerState.Draining], (await admin.ReadServersAsync()).Select(static server => server.State));
        Assert.True(await admin.DrainAsync(there));
    }

    private static IClusterAdmin AdminOf(TestServer server) => server.Services.GetRequiredService<IClusterAdmin>();
}
