using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions.Resumption;

/// <summary>The ends of sessions: a grace period that is over, a close, and a host that disconnects the user (docs/protocol.md, Sessions).</summary>
public class SessionEndTests : SessionScene
{
    [Fact]
    public async Task A_user_leaves_once_at_the_end_of_its_grace()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await bob.FenceAsync());
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        await server.Metrics.Measurements.FirstAsync(static m => m is { Instrument: "tpacket.server.active_users", Value: -1 });

        await using var late = await server.ResumeAsync(Token, Next);
        Assert.Equal((Wire.RespError, Wire.ErrorSessionUnknown), await late.ReceiveAsync() is var refused ? (refused.Command, refused.P1) : default);
        // The connection stays open, and the client may sign in.
        Assert.Equal(Wire.RespOk, (await late.ReplyAsync(Wire.SetUserNick, "alice")).Command);
        Assert.Empty(await bob.FenceAsync());
    }

    [Fact]
    public async Task Every_resumption_begins_a_new_grace()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        var token = Token;
        for (var i = 1; i <= 5; i++)
        {
            alice.Cut();
            await server.AwayAsync(i);
            Time.Advance(TimeSpan.FromSeconds(25));
            var next = NewToken();
            alice = await server.ResumeAsync(token, next);
            Assert.Equal(Wire.Resume, (await alice.ReceiveAsync()).Command);
            token = next;
        }

        Assert.Empty(await bob.FenceAsync());
        await alice.DisposeAsync();
    }

    [Fact]
    public async Task A_resumption_and_the_room_can_change_the_grace()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        var back = await server.ResumeAsync(Token, Next, grace: 60_000);
        await back.ReceiveAsync();
        back.Cut();
        await server.AwayAsync(2);
        Time.Advance(TimeSpan.FromSeconds(59));
        var again = await server.ResumeAsync(Next);
        Assert.Equal(Wire.Resume, (await again.ReceiveAsync()).Command);

        server.Rooms.Find("room")!.SessionGrace = TimeSpan.FromSeconds(5);
        again.Cut();
        await server.AwayAsync(3);
        Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(4000)]
    public async Task Only_the_close_code_1000_of_the_client_ends_a_session(int status)
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        await alice.CloseAsync((WebSocketCloseStatus)status);
        await server.EndedAsync();

        var left = status == 1000 ? [new Packet(-1, Wire.DelUser, "alice", alice.Id)] : Array.Empty<Packet>();
        Assert.Equal(left, await bob.FenceAsync());
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(status == 1000 ? Wire.RespError : Wire.Resume, (await back.ReceiveAsync()).Command);
    }

    [Fact]
    public async Task A_session_ends_with_a_violation()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        await alice.SendBytesAsync([1, 2, 3]);
        Assert.NotNull(await alice.ReceiveCloseAsync());
        alice.Cut();
        await server.EndedAsync();

        Assert.Equal([new Packet(-1, Wire.DelUser, "alice", alice.Id)], await bob.FenceAsync());
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await back.ReceiveAsync()).P1);
    }

    [Fact]
    public async Task A_host_that_disconnects_a_user_ends_its_session_in_every_state()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        var users = server.Services.GetRequiredService<IUserDirectory>();
        var first = users.Find(alice.Id)!;
        alice.Cut();
        await server.AwayAsync();

        // The object of the first connection stands for the same user.
        first.Disconnect("kicked");
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await back.ReceiveAsync()).P1);

        await using var carol = await server.JoinWithSessionAsync("carol", Token);
        await bob.FenceAsync();
        users.Find(carol.Id)!.Disconnect("kicked");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await carol.ReceiveCloseAsync());
        carol.Cut();
        Assert.Equal(new Packet(-1, Wire.DelUser, "carol", carol.Id), await bob.ReceiveAsync());
        await using var again = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await again.ReceiveAsync()).P1);
    }

    [Fact]
    public async Task A_user_that_was_removed_while_it_was_away_resumes_without_a_room()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        var room = server.Rooms.Find("room")!;
        Assert.True((await room.RemoveAsync(room.Members.Single(static m => m.Nick == "alice"))).IsAppended);
        Assert.Equal([new Packet(-1, Wire.DelUser, "alice", alice.Id)], await bob.FenceAsync());

        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        Assert.Equal([new Packet(0x1001, Wire.Resume, "", 2, alice.Id)], await back.FenceAsync());
        await back.FollowAsync("room");
        Assert.Equal([new Packet(-1, Wire.NewUser, "alice", alice.Id)], await bob.FenceAsync());
    }

    [Fact]
    public async Task A_user_without_a_session_leaves_when_its_connection_ends()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinAsync("alice", "room");
        await bob.FenceAsync();
        alice.Cut();
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
    }
}
