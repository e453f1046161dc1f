using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Options;

/// <summary>Limits that change while the server runs.</summary>
public sealed class LimitReloadTests : SessionScene
{
    private const int Ping = 300;
    private const int Reloaded = 1012;
    private const int NotReloaded = 1013;

    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection([]).Build();
    private int _maxConnections = 1000;

    [Fact]
    public async Task Connected_clients_have_the_new_limit_of_packets()
    {
        Set("PacketsPerSecond", "0");
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal([Wire.RespOk, Wire.RespOk, Wire.RespOk], await PingsAsync(alice, 3));

        // The clock stands still: the bucket does not refill.
        Set("PacketBurst", "2");
        Set("PacketsPerSecond", "1");
        _configuration.Reload();
        Assert.Equal([Wire.RespOk, Wire.RespOk, Wire.RespError], await PingsAsync(alice, 3));

        Set("PacketsPerSecond", "0");
        _configuration.Reload();
        Assert.Equal([Wire.RespOk, Wire.RespOk, Wire.RespOk], await PingsAsync(alice, 3));
        Assert.Equal(["PacketsPerSecond, PacketBurst", "PacketsPerSecond"], server.Logs.All.Where(static e => e.Id == Reloaded).Select(static e => (string)e.Values["Settings"]!));
    }

    [Fact]
    public async Task A_client_that_has_used_up_a_large_burst_is_not_held_to_it()
    {
        Set("PacketBurst", "1000");
        Set("PacketsPerSecond", "1");
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await PingsAsync(alice, 1000);

        Set("PacketBurst", "1");
        _configuration.Reload();
        Assert.Equal([Wire.RespError], await PingsAsync(alice, 1));
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([Wire.RespOk], await PingsAsync(alice, 1));
    }

    [Fact]
    public async Task Rooms_have_the_new_limit_of_packets()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        Set("RoomPacketsPerSecond", "1");
        Set("RoomPacketBurst", "1");
        _configuration.Reload();
        await alice.SendAsync(Wire.NewMsg, "one");
        await alice.SendAsync(Wire.NewMsg, "two");
        Assert.Equal([Wire.NewMsg, Wire.RespError], (await alice.FenceAsync()).Select(static packet => packet.Command));
    }

    [Fact]
    public async Task New_connections_meet_the_new_limit_of_connections()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        _maxConnections = 1;
        _configuration.Reload();
        await Assert.ThrowsAnyAsync<Exception>(() => server.ConnectAsync());
        await server.Logs.FirstAsync(static e => e.Id == 1104);

        _maxConnections = 2;
        _configuration.Reload();
        await using var bob = await server.JoinAsync("bob", "room");
        Assert.Equal(2, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task Users_that_enter_meet_the_new_limit_of_members()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.SignInAsync("bob");
        Set("MaxRoomMembers", "1");
        _configuration.Reload();
        Assert.Equal(Wire.ErrorRoomFull, (await bob.ReplyAsync(Wire.SetRoom, "room")).P1);

        Set("MaxRoomMembers", "2");
        _configuration.Reload();
        await bob.JoinAsync("room");
        await server.Logs.NthAsync(2, static e => e.Is(Reloaded, "Settings", "MaxRoomMembers"));
    }

    [Fact]
    public async Task New_connections_meet_the_new_list_of_origins()
    {
        await using var server = await StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => server.ConnectAsync("https://example.org"));
        Set("AllowedOrigins", "https://example.org");
        _configuration.Reload();
        await using var client = await server.ConnectAsync("https://example.org");
        await client.SignInAsync("alice");
    }

    [Theory]
    [InlineData("PacketBurst", "0")]
    [InlineData("PacketBurst", "many")]
    [InlineData("PacketBurts", "1")]
    public async Task Invalid_settings_change_nothing(string name, string value)
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        Set("PacketsPerSecond", "1");
        Set(name, value);
        _configuration.Reload();
        Assert.Equal(Enumerable.Repeat(Wire.RespOk, 100), await PingsAsync(alice, 100));
        await server.Logs.FirstAsync(static e => e.Id == NotReloaded);
    }

    [Fact]
    public async Task Settings_that_need_a_restart_do_not_change()
    {
        await using var server = await StartAsync();
        Set("MaxNickBytes", "3");
        _configuration.Reload();
        await using var alice = await server.SignInAsync("alice");
        Assert.DoesNotContain(server.Logs.All, static e => e.Id is Reloaded or NotReloaded);
    }

    [Fact]
    public async Task A_server_that_has_stopped_is_not_notified_of_the_configuration()
    {
        var server = await StartAsync();
        await server.StopAsync();
        var logged = server.Logs;
        Set("PacketBurst", "0");
        _configuration.Reload();
        Assert.DoesNotContain(logged.All, static e => e.Id == NotReloaded);
        await server.DisposeAsync();
    }

    private static async Task<IEnumerable<int>> PingsAsync(TestClient client, int count)
    {
        for (var i = 0; i < count; i++)
            await client.SendAsync(Ping);
        var answers = new List<int>();
        for (var i = 0; i < count; i++)
            answers.Add((await client.ReceiveAsync()).Command);
        return answers;
    }

    private void Set(string name, string value) => _configuration[$"TPacket:{name}"] = value;

    private Task<TestServer> StartAsync() => StartAsync(o => o.MaxConnections = _maxConnections, b =>
    {
        b.Services.AddSingleton<IConfiguration>(_configuration);
        b.AddCommand(
            Ping,
            static context =>
            {
                context.ReplyOk();
                return default;
            },
            CommandScope.Client);
    });
}
