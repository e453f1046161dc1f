using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions.Resumption;

/// <summary>Sequences in which clients resume sessions (docs/protocol.md, Sessions).</summary>
public class ResumeTests : SessionScene
{
    [Fact]
    public async Task A_used_next_token_retires_the_previous_token()
    {
        await using var server = await StartAsync();
        await using var first = await server.JoinWithSessionAsync("alice", Token);
        // The client loses this answer, and has the old token alone.
        await using var second = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await second.ReceiveAsync()).Command);
        var other = NewToken();
        await using var third = await server.ResumeAsync(Token, other);
        Assert.Equal(Wire.Resume, (await third.ReceiveAsync()).Command);
        // The pending token was replaced.
        await using var refused = await server.ResumeAsync(Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await refused.ReceiveAsync()).P1);
        await using var fourth = await server.ResumeAsync(other, Next);
        Assert.Equal(Wire.Resume, (await fourth.ReceiveAsync()).Command);
        await using var retired = await server.ResumeAsync(Token);
        Assert.Equal(Wire.ErrorSessionUnknown, (await retired.ReceiveAsync()).P1);
        await using var fifth = await server.ResumeAsync(Next, Token);
        Assert.Equal(Wire.Resume, (await fifth.ReceiveAsync()).Command);
        foreach (var loser in (TestClient[])[first, second, third, fourth])
            Assert.Equal((WebSocketCloseStatus)4001, await loser.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_token_of_another_session_is_refused()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await using var bob = await server.SignInAsync("bob");
        Assert.Equal(Wire.ErrorInvalidArgument, (await bob.ReplyAsync(Wire.Session, Token)).P1);
        Assert.Equal(Wire.Session, (await bob.ReplyAsync(Wire.Session, Next)).Command);
        await using var thief = await server.ResumeAsync(Next, Token);
        Assert.Equal(Wire.ErrorSessionUnknown, (await thief.ReceiveAsync()).P1);
        Assert.Empty(await bob.FenceAsync());
    }

    [Fact]
    public async Task One_of_several_concurrent_resumptions_keeps_the_user()
    {
        await using var server = await StartAsync(static o => o.ResumeBurst = 100);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await bob.FenceAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.ResumeAsync(Token, NewToken(), alice.Position)));

        var uid = 0;
        var isAlive = new List<TestClient>();
        foreach (var client in all)
        {
            // A client that had the user for a moment received the reply before its close.
            if (await client.TryReceiveAsync() is { } reply)
                Assert.Equal((Wire.Resume, alice.Id), (reply.Command, reply.P2));
        }

        foreach (var client in all)
        {
            if (client.CloseStatus is null && await IsOpenAsync(client))
                isAlive.Add(client);
            uid++;
        }

        Assert.Equal(20, uid);
        var winner = Assert.Single(isAlive);
        Assert.DoesNotContain(await bob.FenceAsync(), static p => p.Command is Wire.DelUser or Wire.NewUser);
        await winner.SendAsync(Wire.NewMsg, "mine");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "mine", alice.Id), await bob.ReceiveAsync());
        foreach (var client in all)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_packet_is_appended_once_if_its_receipt_was_lost()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event, Wire.Receipt);
        await bob.FenceAsync();
        var position = alice.Position;
        await alice.SendBytesAsync(new Packet(0x5000, Wire.NewMsg, "once").Encode());
        var receipt = (await alice.FenceAsync())[^1];
        alice.Cut();
        await server.AwayAsync();

        await using var back = await server.ResumeAsync(Token, Next, position);
        await back.SendBytesAsync(new Packet(0x5000, Wire.NewMsg, "once").Encode());
        await back.SendBytesAsync(new Packet(0x5001, Wire.NewMsg, "twice").Encode());
        var received = await back.FenceAsync();
        Assert.Equal([0x1001, -1, 0x5000, -1, 0x5001], received.Select(static p => p.Uid));
        Assert.Equal(receipt, received[2]);
        await back.SendBytesAsync(new Packet(0x5000, Wire.NewMsg, "other").Encode());
        Assert.Equal((0x5000, Wire.RespError, Wire.ErrorInvalidArgument), await back.ReceiveAsync() is var reused ? (reused.Uid, reused.Command, reused.P1) : default);
        Assert.Equal(["once", "twice"], (await bob.FenceAsync()).Where(static p => p.Command == Wire.NewMsg).Select(static p => p.Text));
    }

    [Fact]
    public async Task Packets_of_a_replaced_connection_are_not_appended()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        using var raw = await server.ConnectRawAsync();
        await raw.UpgradeAsync();
        await raw.SendAsync(new Packet(1, Wire.Nop, Wire.MagicString));
        await raw.SendAsync(new Packet(2, Wire.SetUserNick, "alice"));
        await raw.SendAsync(new Packet(3, Wire.Session, 0, 0, Token));
        await raw.SendAsync(new Packet(4, Wire.SetRoom, "room"));
        Assert.Equal(new Packet(-1, Wire.NewUser, "alice", 0x1001), await bob.ReceiveAsync());
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        // The client has not read the close.
        await raw.SendAsync(new Packet(5, Wire.NewMsg, "stale"));
        await raw.SendAsync(new Packet(6, Wire.SetRoom, "other"));
        await back.SendAsync(Wire.NewMsg, "current");
        Assert.Equal(["current"], (await bob.FenceUntilAsync(static p => p.Text == "current")).Where(static p => p.Command == Wire.NewMsg).Select(static p => p.Text));
        Assert.Null(server.Rooms.Find("other"));
    }

    [Fact]
    public async Task A_session_that_is_resumed_too_often_is_delayed()
    {
        await using var server = await StartAsync(static o => o.ResumeBurst = 3);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var back = await server.ResumeAsync(Token, NewToken());
            Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        }

        await using var often = await server.ResumeAsync(Token, Next);
        var refused = await often.ReceiveAsync();
        Assert.Equal((Wire.RespError, Wire.ErrorTryLater), (refused.Command, refused.P1));
        Assert.InRange(refused.P2, 1, 10_000);
        Assert.NotEmpty(refused.Text);
        Time.Advance(TimeSpan.FromSeconds(2));
        // On the same connection.
        Assert.Equal(Wire.Resume, (await often.ReplyAsync(Wire.Resume, ResumeData(Nowhere, Token, Next))).Command);
        Assert.Empty(await bob.FenceAsync());
    }

    [Fact]
    public async Task A_move_of_a_user_during_its_resumption_is_made_after_it()
    {
        var gate = new TaskCompletionSource();
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        alice.Cut();
        await server.AwayAsync();
        store.AppendGate = gate.Task;
        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        // The return waits for the store; the directory has the user already.
        await store.Appends.FirstAsync(static kind => kind == RoomEventKind.Returned);
        var moving = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.EnterRoomAsync("other").AsTask();
        gate.SetResult();
        var reply = await back.ReceiveAsync();
        await moving;

        Assert.Equal(Wire.Resume, reply.Command);
        await bob.FenceUntilAsync(static p => p.Command == Wire.DelUser);
        Assert.Equal(["bob"], server.Rooms.Find("room")!.Members.Select(static m => m.Nick));
        Assert.Equal(["alice"], server.Rooms.Find("other")!.Members.Select(static m => m.Nick));
    }

    [Fact]
    public async Task A_resumption_that_the_store_rejects_leaves_no_ghost()
    {
        // No grace period ends, however far the clock is moved.
        await using var server = await StartAsync(static o => o.SessionGrace = o.MaxSessionGrace = TimeSpan.FromDays(20), static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await bob.FenceAsync();
        await alice.EventsAsync();
        store.Failing = "Returned";
        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        Assert.Equal((WebSocketCloseStatus)1013, await back.ReceiveCloseAsync());
        back.Cut();
        alice.Cut();
        await server.AwayAsync();
        store.Failing = "";
        using var deadline = Deadline.Start();
        while (!server.Rooms.Find("room")!.Members.Any(static m => m is { Nick: "alice", IsAway: true }))
        {
            // The server repeats the call of the store.
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await using var again = await server.ResumeAsync(Token, Next, alice.Position);
        Assert.Equal(Wire.Resume, (await again.ReceiveAsync()).Command);
        await again.CloseAsync();
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        Assert.Equal(["bob"], server.Rooms.Find("room")!.Members.Select(static m => m.Nick));
    }

    [Fact]
    public async Task A_user_with_a_nick_of_unknown_outcome_is_away_and_can_resume_once_the_nick_is_known()
    {
        await using var server = await StartAsync(
            static o => (o.SessionGrace, o.MaxSessionGrace, o.AllowNickChange) = (TimeSpan.FromDays(20), TimeSpan.FromDays(20), true), static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        var users = server.Services.GetRequiredService<IUserDirectory>();
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        (store.Failing, store.Late) = ("Renamed", true);
        Assert.Equal(Wire.ErrorUnknown, (await alice.FenceUntilReplyAsync(Wire.SetUserNick, "alicia")).P1);
        alice.Cut();
        await server.AwayAsync();
        await using var early = await server.ResumeAsync(Token, Next);
        var reply = early.ReceiveAsync();
        using var deadline = Deadline.Start();
        while (!reply.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(Wire.ErrorTryLater, (await reply).P1);
        store.Failing = "";
        while (users.Find(alice.Id)!.Nick != "alicia")
        {
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        Assert.Equal(["alicia"], (await back.FenceAsync()).Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text));
        await using var other = await server.SignInAsync("alice");
    }

    private static async Task<bool> IsOpenAsync(TestClient client)
    {
        try
        {
            var uid = await client.SendAsync(Wire.Unknown);
            while (await client.TryReceiveAsync() is { } packet)
            {
                if (packet.Uid == uid)
                    return true;
            }

            return false;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }
}
