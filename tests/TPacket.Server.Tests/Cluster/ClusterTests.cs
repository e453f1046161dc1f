using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Cluster;

/// <summary>An application reaches the users and rooms of all servers.</summary>
public class ClusterTests
{
    [Fact]
    public async Task A_user_of_another_server_is_found_by_id_and_by_nick()
    {
        await using var servers = await LinkedServers.StartAsync(3);
        await using var alice = await servers[2].JoinAsync("alice", "lobby");
        await using var bob = await servers[0].SignInAsync("bob");
        var nowhere = servers[0].Services.GetRequiredService<IUserDirectory>().Users.Single(static user => user.Nick == "bob").Id;

        foreach (var index in new[] { 0, 1, 2 })
        {
            Assert.Equal(new ClusterUser(alice.Id, "alice", "lobby", IsAway: false, "127.0.0.1"), await servers.Cluster(index).FindUserAsync(alice.Id));
            Assert.Equal(new ClusterUser(alice.Id, "alice", "lobby", IsAway: false, "127.0.0.1"), await servers.Cluster(index).FindUserAsync("alice"));
            Assert.Equal(new ClusterUser(nowhere, "bob", Room: null, IsAway: false, "127.0.0.1"), await servers.Cluster(index).FindUserAsync("bob"));
            Assert.Null(await servers.Cluster(index).FindUserAsync(99));
            Assert.Null(await servers.Cluster(index).FindUserAsync("Alice"));
        }
    }

    [Fact]
    public async Task A_packet_reaches_a_user_on_any_server_that_accepts_its_command()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        await using var alice = await servers[1].JoinAsync("alice", "room");
        await alice.AcceptAsync(300);

        foreach (var index in new[] { 0, 1 })
        {
            Assert.True(await servers.Cluster(index).SendAsync(alice.Id, 300, -3, 4, "\u00E9\0"u8.ToArray()));
            Assert.Equal(new Packet(-1, 300, "\u00E9\0", -3, 4), await alice.ReceiveAsync());
            Assert.False(await servers.Cluster(index).SendAsync(alice.Id, 301));
            Assert.False(await servers.Cluster(index).SendAsync(99, 300));
        }
    }

    [Fact]
    public async Task A_user_on_another_server_is_disconnected_with_the_reason_and_its_session_ends()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        await using var alice = await servers[1].JoinWithSessionAsync("alice", NewToken());

        Assert.True(await servers.Cluster(0).DisconnectAsync(alice.Id, "be nice"));

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
        alice.Cut();
        await servers[1].EndedAsync();
        Assert.Null(await servers.Cluster(0).FindUserAsync(alice.Id));
        Assert.False(await servers.Cluster(0).DisconnectAsync(alice.Id, "again"));
        Assert.False(await servers.Cluster(1).DisconnectAsync(alice.Id, "again"));
    }

    [Fact]
    public async Task The_rooms_of_all_servers_are_read_a_page_at_a_time_in_the_order_of_their_names()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        await using var held = await servers[1].Rooms.OpenAsync("A room");
        await using var alice = await servers[0].JoinAsync("alice", "b");
        await using var bob = await servers[1].JoinAsync("bob", "c");
        await using var carol = await servers[1].JoinAsync("carol", "c");
        await using var dave = await servers[0].JoinAsync("dave", "d");

        var first = await servers.Cluster(0).ReadRoomsAsync(null, 2);
        var second = await servers.Cluster(0).ReadRoomsAsync("b", 2);
        var third = await servers.Cluster(1).ReadRoomsAsync("d", 2);

        Assert.Equal([new ClusterRoom("A room", 0), new ClusterRoom("b", 1)], first);
        Assert.Equal([new ClusterRoom("c", 2), new ClusterRoom("d", 1)], second);
        Assert.Empty(third);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public async Task A_page_has_one_to_ten_thousand_rooms(int maxRooms)
    {
        await using var servers = await LinkedServers.StartAsync(1);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(maxRooms), async () => await servers.Cluster(0).ReadRoomsAsync(null, maxRooms));
    }

    [Fact]
    public async Task Servers_users_and_rooms_with_members_are_counted()
    {
        await using var servers = await LinkedServers.StartAsync(3);
        await using var held = await servers[0].Rooms.OpenAsync("empty");
        await using var alice = await servers[0].JoinAsync("alice", "a");
        await using var bob = await servers[1].JoinAsync("bob", "b");
        await using var carol = await servers[1].SignInAsync("carol");

        Assert.Equal(new ClusterCounts(3, 3, 2), await servers.Cluster(0).CountAsync());
        Assert.Equal(new ClusterCounts(3, 3, 2), await servers.Cluster(2).CountAsync());
    }

    [Fact]
    public async Task A_single_server_finds_its_own_users_and_rooms()
    {
        await using var server = await TestServer.StartAsync();
        var cluster = server.Services.GetRequiredService<ICluster>();
        await using var alice = await server.JoinAsync("alice", "room");

        Assert.Equal("alice", (await cluster.FindUserAsync(alice.Id))?.Nick);
        Assert.Equal([new ClusterRoom("room", 1)], await cluster.ReadRoomsAsync(null, 10));
        Assert.Equal(new ClusterCounts(1, 1, 1), await cluster.CountAsync());
        Assert.True(await cluster.SendAsync(alice.Id, Wire.LoggedMsg, data: "hello"u8.ToArray()));
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "hello"), await alice.ReceiveAsync());
        Assert.True(await cluster.DisconnectAsync(alice.Id, "bye"));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_causes_a_failure_of_unknown_outcome()
    {
        var time = new FakeTimeProvider();
        await using var servers = await LinkedServers.StartAsync(2, static o => o.PingAfterIdle = TimeSpan.FromDays(700), time);
        servers.Answers = new TaskCompletionSource().Task;
        var asking = servers.Cluster(0).FindUserAsync(99).AsTask();
        while (!asking.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var failure = await Assert.ThrowsAsync<RoomStoreException>(() => asking);
        Assert.True(failure.IsOutcomeUnknown);
        Assert.Equal("Another server did not answer in time.", failure.Message);
    }

    [Fact]
    public async Task The_caller_can_cancel()
    {
        await using var servers = await LinkedServers.StartAsync(2);
        servers.Answers = new TaskCompletionSource().Task;
        using var caller = new CancellationTokenSource();
        var asking = servers.Cluster(0).CountAsync(caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("""{"Kind":99}""", "{}")]
    [InlineData("""{"Kind":1,"Id":5,"New":[1]}""", "{}")]
    [InlineData("no JSON", "")]
    [InlineData("", "")]
    public async Task A_server_answers_an_unknown_question_without_content(string question, string answer)
    {
        await using var servers = await LinkedServers.StartAsync(1);

        Assert.Equal(answer, System.Text.Encoding.UTF8.GetString(servers.Answer(0, System.Text.Encoding.UTF8.GetBytes(question)).Span));
    }
}
