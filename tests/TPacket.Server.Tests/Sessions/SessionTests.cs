using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions;

/// <summary>Sessions keep users across connections (docs/protocol.md, Sessions).</summary>
public class SessionTests : SessionScene
{
    [Fact]
    public async Task The_bytes_of_a_reply_are_those_of_the_protocol()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await alice.SendBytesAsync(new Packet(0x1234, Wire.Session, 20_480, 0, Token).Encode());
        var begun = await alice.ReceiveAsync();
        alice.Cut();
        await server.AwayAsync();
        await using var back = await server.ConnectAsync();
        await back.SendAsync(Wire.Nop, Wire.MagicString);
        await back.SendBytesAsync(new Packet(0x1235, Wire.Resume, 0, 0, ResumeData(Nowhere, Token, Next)).Encode());

        Assert.Equal("456a3840 34120000 18000000 0c000000 00500000 00100000", Hex(begun), ignoreAllWhiteSpace: true);
        Assert.Equal("456a3840 35120000 18000000 0d000000 02000000 00100000", Hex(await back.ReceiveAsync()), ignoreAllWhiteSpace: true);
    }

    [Theory]
    [InlineData(0, 30_000)]
    [InlineData(1, 1)]
    [InlineData(300_000, 300_000)]
    [InlineData(300_001, 300_000)]
    [InlineData(int.MaxValue, 300_000)]
    public async Task A_client_gets_the_requested_grace_within_bounds(int wanted, int granted)
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var reply = await alice.ReplyAsync(Wire.Session, Token, wanted);
        Assert.Equal((Wire.Session, granted, 0x1000), (reply.Command, reply.P1, reply.P2));
    }

    [Fact]
    public async Task A_second_SESSION_changes_the_grace_and_not_the_token()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await alice.ReplyAsync(Wire.Session, Token);

        Assert.Equal((Wire.Session, 5000), await alice.ReplyAsync(Wire.Session, Token, 5000) is var again ? (again.Command, again.P1) : default);
        Assert.Equal((Wire.RespError, Wire.ErrorRefused), await alice.ReplyAsync(Wire.Session, Next) is var other ? (other.Command, other.P1) : default);
    }

    [Fact]
    public async Task A_disconnected_user_is_away_and_keeps_id_nick_and_place()
    {
        await using var server = await StartAsync();
        await using var bare = await server.JoinAsync("bare", "room");
        await using var aware = await server.SignInAsync("aware");
        await aware.AcceptAsync(Wire.Presence);
        await aware.JoinAsync("room");
        await using var follower = await server.SignInAsync("follower");
        await follower.AcceptAsync(Wire.Event, Wire.Presence);
        await follower.FollowAsync("room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bare.FenceAsync();
        await aware.FenceAsync();
        await follower.EventsAsync();

        alice.Cut();
        await server.AwayAsync();
        Assert.Equal([Presence(alice.Id, true)], await aware.FenceAsync());
        Assert.Equal([Presence(alice.Id, true)], Assert.Single(await follower.EventsAsync()).Packets);
        Assert.Empty(await bare.FenceAsync());
        Assert.True(Assert.Single(server.Rooms.Find("room")!.Members, m => m.Nick == "alice").IsAway);
        Assert.True(server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.IsAway);
        await using var other = await server.ConnectAsync();
        await other.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice")).P1);

        // Clients that join later are notified, too.
        await using var carol = await server.SignInAsync("carol");
        await carol.AcceptAsync(Wire.Presence);
        var roster = await carol.JoinAsync("room");
        Assert.Equal([new(-1, Wire.NewUser, "alice", alice.Id), Presence(alice.Id, true)], roster.SkipWhile(p => p.Text != "alice").Take(2));
        await using var dave = await server.SignInAsync("dave");
        await dave.AcceptAsync(Wire.Event, Wire.Presence);
        Assert.Single((await dave.FollowAsync("room")).Roster, Presence(alice.Id, true));

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(new Packet(0x1001, Wire.Resume, "", 1, alice.Id), await back.ReceiveAsync());
        Assert.Contains(Presence(alice.Id, false), await aware.FenceAsync());
        Assert.Equal([Presence(alice.Id, false)], (await follower.EventsAsync())[^1].Packets);
        Assert.DoesNotContain(await bare.FenceAsync(), p => p.P1 == alice.Id);
    }

    [Fact]
    public async Task A_resumed_follower_receives_the_missed_events_then_new_events_then_its_replies()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event, Wire.Presence);
        await bob.FenceAsync();
        await bob.SayAsync("one");
        await alice.EventsAsync();
        alice.Cut();
        await server.AwayAsync();
        await bob.SayAsync("two");
        await using var carol = await server.JoinAsync("carol", "room");
        await bob.FenceAsync();
        await bob.SayAsync("three");

        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        await back.SendAsync(Wire.NewMsg, "four");
        var received = await back.FenceAsync();
        Assert.Equal(new Packet(0x1001, Wire.Resume, "", 0, alice.Id), received[0]);
        var events = received.Skip(1).Select(LogEvent.Of).ToList();
        back.Pass(events);
        Assert.Equal(
            [Presence(alice.Id, true), new(-1, Wire.NewMsg, "two", bob.Id), new(-1, Wire.NewUser, "carol", carol.Id), new(-1, Wire.NewMsg, "three", bob.Id), Presence(alice.Id, false), new(-1, Wire.NewMsg, "four", alice.Id)],
            events.Select(static e => Assert.Single(e.Packets)));
        Assert.Equal(Enumerable.Range((int)alice.Position.Offset + 1, 6), events.Select(static e => (int)e.Offset));
        Assert.Equal(server.Rooms.Find("room")!.Position, back.Position);
        await bob.FenceAsync();
        await bob.SayAsync("five");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "five", bob.Id), Assert.Single(Assert.Single(await back.EventsAsync()).Packets));
    }

    [Fact]
    public async Task A_resumed_client_that_does_not_follow_receives_roster_and_history_again()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        await bob.SayAsync("missed");

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(
            [new(0x1001, Wire.Resume, "", 1, alice.Id), new(-1, Wire.NewUser, "bob", bob.Id), new(-1, Wire.NewUser, "alice", alice.Id), new Packet(-1, Wire.LoggedMsg, "bob: missed")],
            await back.FenceAsync());
        await back.SendAsync(Wire.NewMsg, "back");
        Assert.Equal([new Packet(-1, Wire.NewMsg, "back", alice.Id)], await bob.FenceUntilAsync(static p => p.Text == "back"));
    }

    [Fact]
    public async Task The_old_connection_of_a_resumed_user_is_closed_with_4001()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await bob.FenceAsync();
        await bob.SayAsync("seen by the new one");
        await using var back = await server.ResumeAsync(Token, Next, alice.Position);

        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        Assert.Equal((WebSocketCloseStatus)4001, await alice.ReceiveCloseAsync());
        alice.Cut();
        await server.EndedAsync();
        Assert.Equal("seen by the new one", LogEvent.Of(await back.ReceiveAsync()).Packets[0].Text);
        Assert.Empty(await bob.FenceAsync());
        Assert.DoesNotContain(server.Metrics.Measurements.All, static m => m.Instrument == "tpacket.server.away_users");
        await back.SendAsync(Wire.NewMsg, "still here");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "still here", alice.Id), await bob.ReceiveAsync());
    }

    [Fact]
    public async Task A_user_resumes_in_its_last_room_with_its_last_nick()
    {
        await using var server = await StartAsync(static o => (o.AllowRoomChange, o.AllowNickChange) = (true, true));
        await using var bob = await server.JoinAsync("bob", "other");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await alice.FollowAsync("other");
        Assert.Equal(Wire.RespOk, (await alice.FenceUntilReplyAsync(Wire.SetUserNick, "alicia")).Command);
        await alice.AcceptAsync(300);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        await server.Rooms.Find("other")!.BroadcastAsync(300, 7);

        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        var received = await back.FenceAsync();
        Assert.Equal(new Packet(0x1001, Wire.Resume, "", 0, alice.Id), received[0]);
        Assert.Contains(new Packet(-1, 300, "", 7), received.Skip(1).SelectMany(static p => LogEvent.Of(p).Packets));
        var user = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;
        Assert.Equal(("alicia", "other", false), (user.Nick, user.Room!.Name, user.IsAway));
        Assert.Null(server.Rooms.Find("room"));
        // The first nick is free.
        await using var other = await server.SignInAsync("alice");
    }

    [Fact]
    public async Task A_user_in_no_room_resumes_without_a_room()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await alice.ReplyAsync(Wire.Session, Token);
        alice.Cut();
        await server.AwayAsync();
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal([new Packet(0x1001, Wire.Resume, "", 2, 0x1000)], await back.FenceAsync());
        Assert.Contains(new Packet(-1, Wire.NewUser, "alice", 0x1000), (await back.FenceUntilEnteredAsync("room")));
    }

    [Fact]
    public async Task A_server_without_sessions_answers_like_a_server_that_does_not_know_them()
    {
        await using var server = await StartAsync(static o => o.MaxSessionGrace = TimeSpan.Zero);
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal((Wire.RespError, Wire.ErrorUnknownCommand), await alice.ReplyAsync(Wire.Session, Token) is var refused ? (refused.Command, refused.P1) : default);
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal((Wire.RespError, Wire.ErrorNickRequired), await back.ReceiveAsync() is var demanded ? (demanded.Command, demanded.P1) : default);
        Assert.Equal(Wire.RespOk, (await back.ReplyAsync(Wire.SetUserNick, "bob")).Command);
    }

    [Theory]
    [InlineData(31, 0)]
    [InlineData(33, 0)]
    [InlineData(0, 0)]
    [InlineData(32, -1)]
    public async Task A_malformed_SESSION_is_refused(int length, int grace)
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorInvalidArgument, (await alice.ReplyAsync(Wire.Session, new byte[length], grace)).P1);
    }

    [Theory]
    [InlineData(87, 0)]
    [InlineData(89, 0)]
    [InlineData(0, 0)]
    [InlineData(88, -1)]
    [InlineData(88, 0)] // Both tokens are the same.
    public async Task A_malformed_RESUME_is_refused(int length, int grace)
    {
        await using var server = await StartAsync();
        await using var alice = await server.ConnectAsync();
        await alice.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), await alice.ReplyAsync(Wire.Resume, new byte[length], grace) is var refused ? (refused.Command, refused.P1) : default);
    }

    [Fact]
    public async Task A_SESSION_needs_a_nick_and_a_RESUME_none()
    {
        await using var server = await StartAsync();
        await using var alice = await server.ConnectAsync();
        await alice.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickRequired, (await alice.ReplyAsync(Wire.Session, Token)).P1);
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.SetUserNick, "alice")).Command);
        Assert.Equal(Wire.ErrorRefused, (await alice.ReplyAsync(Wire.Resume, ResumeData(Nowhere, Token, Next))).P1);
    }

    [Fact]
    public async Task The_host_finds_a_user_that_is_away()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        var users = server.Services.GetRequiredService<IUserDirectory>();
        var before = users.Find(alice.Id)!;
        alice.Cut();
        await server.AwayAsync();
        var away = users.Find(alice.Id)!;

        Assert.Equal((alice.Id, "alice", "room", true), (away.Id, away.Nick, away.Room!.Name, away.IsAway));
        Assert.Equal(2, users.Users.Count);
        Assert.False(away.Send(Wire.NewMsg, 0, 0, []));
        Assert.True(away.Disconnected.IsCancellationRequested);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await away.EnterRoomAsync("other"));
        // A call on the object of the lost connection has no effect.
        await before.EnterRoomAsync("other");
        Assert.Null(server.Rooms.Find("other"));
        await using var back = await server.ResumeAsync(Token, Next);
        await back.ReceiveAsync();
        Assert.Equal((alice.Id, "room", false), users.Find(alice.Id) is { } here ? (here.Id, here.Room!.Name, here.IsAway) : default);
    }

    private static string Hex(Packet packet) => Convert.ToHexStringLower(packet.Encode());
}
