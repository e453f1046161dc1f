using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms;

/// <summary>The rate limit of a room, and the shares of its members. The test moves the clock.</summary>
public class RoomRateLimitTests
{
    private const int Burst = 20;
    private const int Roll = 300;
    private const int Look = 301;

    private readonly WatchedTime _time = new();

    [Fact]
    public async Task Packets_beyond_the_rooms_limit_are_refused_and_close_no_connection()
    {
        await using var server = await StartAsync();
        var members = await JoinAsync(server, "alice", "bob", "carol");
        var said = 0;
        for (var second = 0; second < 20; second++)
        {
            foreach (var member in members)
            {
                for (var i = 0; i < Burst; i++)
                    await member.SendAsync(Wire.NewMsg, "all at once");
            }

            var received = await ReceiveAllAsync(members);
            said += received[0].Count(p => p.Command == Wire.NewMsg);
            Assert.InRange(said, 10 * second, Burst + (10 * second));
            Assert.Single(received.Select(packets => packets.Count(p => p.Command == Wire.NewMsg)).Distinct());
            Assert.All(received, packets => Assert.Contains(packets, p => p is { Command: Wire.RespError, P1: Wire.ErrorRateLimited, Text: "Too many packets in this room; wait a little." }));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.All(server.Metrics.Measurements.All.Where(m => m.Instrument == "tpacket.server.refused_packets"), m => Assert.Equal("RoomPacketsPerSecond", m.Tags["tpacket.limit"]));
        Assert.DoesNotContain(server.Metrics.Measurements.All, m => m.Instrument == "tpacket.server.protocol_violations");
    }

    [Fact]
    public async Task A_flooder_does_not_starve_other_members()
    {
        await using var server = await StartAsync();
        var members = await JoinAsync(server, "flooder", "bob");
        var (flooder, bob) = (members[0], members[1]);
        for (var second = 0; second < 20; second++)
        {
            for (var i = 0; i < 100; i++)
                await flooder.SendAsync(Wire.NewMsg, "flood");
            await flooder.FenceAsync();
            await bob.FenceAsync();
            for (var i = 0; i < 3; i++)
                await bob.SayAsync($"bob {i}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_single_sender_gets_the_whole_rate_of_its_room()
    {
        await using var server = await StartAsync();
        var alice = (await JoinAsync(server, "alice"))[0];
        var said = 0;
        // Twenty packets a second for twenty seconds, in a room with a rate of ten a second and a burst of twenty.
        for (var i = 0; i < 400; i++)
        {
            await alice.SendAsync(Wire.NewMsg, "on and on");
            said += (await alice.FenceAsync()).Count(p => p.Command == Wire.NewMsg);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.InRange(said, 190, 220);
    }

    [Fact]
    public async Task Packets_beyond_a_members_own_limit_do_not_use_the_rooms_limit()
    {
        await using var server = await StartAsync(o => (o.PacketsPerSecond, o.PacketBurst) = (1, 10));
        await using var bob = await server.JoinAsync("bob", "room");
        await using var flooder = await server.JoinAsync("flooder", "room");
        for (var i = 0; i < 100; i++)
            await flooder.SendAsync(Wire.NewMsg, "flood");
        var received = await ReceiveUntilAsync(flooder, refusals: 94);
        Assert.Equal(6, received.Count(p => p.Command == Wire.NewMsg));

        // Of the room's twenty the flooder has taken six; bob, who has sent four packets, has six left.
        await bob.SendAsync(Wire.NewMsg, "bob");
        Assert.Contains(await bob.FenceUntilAsync(p => p.Text == "bob"), p => p is { Command: Wire.NewMsg, Text: "bob" });
        for (var i = 0; i < 4; i++)
            await bob.SayAsync($"bob {i}");
    }

    [Fact]
    public async Task Commands_of_the_room_count_and_other_commands_and_packets_of_the_application_do_not()
    {
        await using var server = await StartAsync(build: b => b
            .AddCommand(Roll, async context =>
            {
                for (var i = 0; i < 50; i++)
                    await context.Room!.SayAsync(context.User, Encoding.UTF8.GetBytes($"{i}"));
            })
            .AddCommand(Look, context =>
            {
                context.ReplyOk();
                return default;
            }, CommandScope.Client));
        var alice = (await JoinAsync(server, "alice"))[0];
        for (var i = 0; i < 100; i++)
            Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Look)).Command);

        // One member gets half of the burst.
        for (var i = 0; i < Burst / 2; i++)
            await alice.SendAsync(Roll);
        Assert.Equal(Burst / 2 * 50, (await alice.FenceAsync()).Count(p => p.Command == Wire.NewMsg));
        Assert.Equal(Wire.ErrorRateLimited, (await alice.ReplyAsync(Roll)).P1);
        Assert.Equal(Wire.ErrorRateLimited, (await alice.ReplyAsync(Wire.NewMsg)).P1);
        for (var i = 0; i < 100; i++)
            await server.Rooms.Find("room")!.AnnounceAsync("news");
        Assert.Equal(100, (await alice.FenceAsync()).Count(p => p.Command == Wire.LoggedMsg));
    }

    [Fact]
    public async Task Changes_of_nick_and_room_count_and_entering_the_first_room_does_not()
    {
        await using var server = await StartAsync(o => (o.AllowNickChange, o.AllowRoomChange) = (true, true));
        for (var i = 0; i < 2 * Burst; i++)
        {
            await using var visitor = await server.JoinAsync($"visitor{i}", "room");
            await visitor.CloseAsync();
        }

        await using var alice = await server.JoinAsync("alice", "room");
        for (var i = 0; i < Burst / 2; i++)
        {
            await alice.SendAsync(Wire.SetUserNick, $"alice{i}");
            Assert.DoesNotContain(await alice.FenceAsync(), p => p.Command == Wire.RespError);
        }

        Assert.Equal(Wire.ErrorRateLimited, (await alice.ReplyAsync(Wire.SetUserNick, "alice again")).P1);
        Assert.Equal(Wire.ErrorRateLimited, (await alice.ReplyAsync(Wire.SetRoom, "elsewhere")).P1);
        Assert.Equal("room", Assert.Single(server.Rooms.Rooms).Name);
        _time.Advance(TimeSpan.FromSeconds(2));
        await alice.SendAsync(Wire.SetRoom, "elsewhere");
        Assert.DoesNotContain(await alice.FenceAsync(), p => p.Command == Wire.RespError);
        Assert.Equal("elsewhere", Assert.Single(server.Rooms.Rooms).Name);
    }

    private static async Task<List<TestClient>> JoinAsync(TestServer server, params string[] nicks)
    {
        var members = new List<TestClient>();
        foreach (var nick in nicks)
            members.Add(await server.JoinAsync(nick, "room"));
        foreach (var member in members)
            await member.FenceAsync();
        return members;
    }

    private static async Task<List<List<Packet>>> ReceiveAllAsync(List<TestClient> members)
    {
        // A member's packets are handled when its own fence returns: all packets, when all fences have returned.
        var received = new List<List<Packet>>();
        foreach (var member in members)
            received.Add(await member.FenceAsync());
        for (var i = 0; i < members.Count; i++)
            received[i].AddRange(await members[i].FenceAsync());
        return received;
    }

    private static async Task<List<Packet>> ReceiveUntilAsync(TestClient client, int refusals)
    {
        var received = new List<Packet>();
        while (received.Count(p => p.Command == Wire.RespError) < refusals)
            received.Add(await client.ReceiveAsync());
        return received;
    }

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        o =>
        {
            (o.PacketsPerSecond, o.RoomPacketsPerSecond, o.RoomPacketBurst) = (0, 10, Burst);
            options?.Invoke(o);
        },
        build,
        _time);
}
