using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions;

/// <summary>Every sequence in which a session can be resumed (docs/protocol.md, Sessions).</summary>
public class ResumeTests : SessionScene
{
    [Fact]
    public async Task A_session_is_known_by_itsToken_and_by_theNext_one_which_retires_it()
    {
        await using var server = await StartAsync();
        await using var first = await server.JoinWithSessionAsync("alice", Token);
        // The answer to this one is lost: the client knows its token alone.
        await using var second = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await second.ReceiveAsync()).Command);
        var other = NewToken();
        await using var third = await server.ResumeAsync(Token, other);
        Assert.Equal(Wire.Resume, (await third.ReceiveAsync()).Command);
        // The pending one was replaced.
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
    public async Task AToken_of_another_session_is_neither_taken_nor_given()
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
    public async Task Of_several_at_once_one_has_the_user_and_the_others_have_lost_it()
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
            // Whoever had it for a moment has heard so before it was closed.
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

    [Theory]
    [InlineData("future")]
    [InlineData("epoch")]
    [InlineData("check")]
    [InlineData("room")]
    [InlineData("none")]
    [InlineData("negative")]
    public async Task A_position_that_the_log_cannot_continue_gets_a_snapshot(string wrong)
    {
        await using var server = await StartAsync(static o => o.AllowRoomChange = true);
        await using var bob = await server.JoinAsync("bob", "room");
        await bob.SayAsync("said");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        var elsewhere = alice.Position;
        if (wrong == "room")
        {
            await using var other = await server.JoinAsync("carol", "other");
            await alice.FollowAsync("other");
            (elsewhere, alice.Position) = (alice.Position, elsewhere);
            await alice.FollowAsync("room");
        }

        alice.Cut();
        await server.AwayAsync();
        var position = alice.Position;
        position = wrong switch
        {
            "future" => position with { Offset = position.Offset + 1000 },
            "epoch" => position with { Epoch = position.Epoch + 1 },
            "check" => position with { Check = position.Check + 1 },
            "room" => elsewhere,
            "negative" => position with { Offset = long.MinValue },
            _ => Nowhere,
        };
        await using var back = await server.ResumeAsync(Token, Next, position);
        var received = await back.FenceAsync();
        Assert.Equal(new Packet(0x1001, Wire.Resume, "", 1, alice.Id), received[0]);
        received.RemoveAt(0);
        var snapshot = SnapshotReceived.TakeFrom(received);
        Assert.Empty(received);
        Assert.Equal(server.Rooms.Find("room")!.Position, snapshot.Position);
        Assert.Equal(["alice", "bob"], snapshot.Roster.Select(static p => p.Text).Order());
        Assert.Equal("bob: said", Assert.Single(snapshot.History).Packets[0].Text);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(11, 1)]
    public async Task A_gap_of_too_many_events_gets_a_snapshot(int missed, int what)
    {
        // The away and the return are events of it, too.
        await using var server = await StartAsync(static o => o.ReplayEvents = 12);
        await MissAsync(server, missed, "said", what);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(3000, 1)]
    public async Task A_gap_of_too_many_bytes_gets_a_snapshot(int bytes, int what)
    {
        await using var server = await StartAsync(static o => (o.ReplayBytes, o.MaxMessageTextBytes) = (2000, 4096));
        await MissAsync(server, 1, new string('x', bytes), what);
    }

    [Fact]
    public async Task A_gap_that_the_log_has_dropped_gets_a_snapshot()
    {
        await using var server = await StartAsync(static o => o.HistoryMessages = 5);
        await MissAsync(server, 6, "said", 1);
    }

    [Fact]
    public async Task A_packet_whose_receipt_was_lost_is_appended_once()
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
    public async Task What_an_old_connection_still_sends_is_not_appended()
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
        // It has not read the close.
        await raw.SendAsync(new Packet(5, Wire.NewMsg, "stale"));
        await raw.SendAsync(new Packet(6, Wire.SetRoom, "other"));
        await back.SendAsync(Wire.NewMsg, "current");
        Assert.Equal(["current"], (await bob.FenceUntilAsync(static p => p.Text == "current")).Where(static p => p.Command == Wire.NewMsg).Select(static p => p.Text));
        Assert.Null(server.Rooms.Find("other"));
    }

    [Fact]
    public async Task A_counting_client_of_a_large_room_gets_a_snapshot_and_one_of_a_small_room_does_not()
    {
        await using var server = await StartAsync(static o => o.LargeRoomMembers = 3);
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event, Wire.MemberCount, Wire.Presence);
        alice.Cut();
        await server.AwayAsync();
        var small = await server.ResumeAsync(Token, Next, alice.Position);
        var first = await small.FenceAsync();
        Assert.Equal(0, first[0].P1);
        small.Pass([.. first.Skip(1).Select(LogEvent.Of)]);

        // It becomes large and small again while it is away: it was not told of who came.
        small.Cut();
        await server.AwayAsync(2);
        await using var carol = await server.JoinAsync("carol", "room");
        await using var dave = await server.JoinAsync("dave", "room");
        await dave.CloseAsync();
        await server.Metrics.Measurements.FirstAsync(static m => m is { Instrument: "tpacket.server.active_users", Value: -1 });
        var token = NewToken();
        var once = await server.ResumeAsync(Next, token, small.Position);
        Assert.Equal(1, (await once.FenceAsync())[0].P1);
        once.Cut();
        await server.AwayAsync(3);
        await using var erin = await server.JoinAsync("erin", "room");
        await using var large = await server.ResumeAsync(token, null, small.Position);
        var received = await large.FenceAsync();
        Assert.Equal(1, received[0].P1);
        received.RemoveAt(0);
        var snapshot = SnapshotReceived.TakeFrom(received);
        Assert.Contains(new Packet(-1, Wire.MemberCount, "", 4), snapshot.Roster);
    }

    [Fact]
    public async Task A_connection_that_was_too_slow_twice_within_a_minute_comes_back_to_a_snapshot()
    {
        await using var server = await StartAsync(static o => (o.OutboundQueueBytes, o.SendBufferBytes, o.ReplayBytes) = (1024, 4096, 100_000_000));
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event, 300);
        var (token, position) = (Token, alice.Position);
        TestClient? last = null;
        for (var round = 1; round <= 2; round++)
        {
            // Neither the first connection nor the next one reads any more.
            for (var i = 0; i < 4000; i++)
                await server.Rooms.Find("room")!.BroadcastAsync(300, i, 0, new byte[1024]);
            using var deadline = Deadline.Start();
            for (var seconds = 0; !IsAway(round);)
            {
                // Its close frame waits behind what it does not read, until the close timeout is over; the end comes on another thread. Both rounds stay within the minute.
                deadline.Token.ThrowIfCancellationRequested();
                if (seconds++ < 20)
                    Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            var next = NewToken();
            last = await server.ResumeAsync(token, next, position);
            var reply = await last.ReceiveAsync();
            Assert.Equal((round, Wire.Resume), (round, reply.Command));
            if (round == 2)
                Assert.Equal(1, reply.P1);
            token = next;
        }

        await last!.DisposeAsync();

        bool IsAway(int nth) => server.Metrics.Measurements.All.Count(static m => m is { Instrument: "tpacket.server.away_users", Value: 1 }) >= nth;
    }

    [Fact]
    public async Task A_session_that_is_resumed_too_often_has_to_wait()
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
    public async Task A_host_that_moves_a_user_while_it_comes_back_does_so_when_it_is_back()
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
        // The return waits for the store; the user is known already.
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
    public async Task A_return_that_the_store_does_not_take_leaves_no_ghost()
    {
        // Nobody's grace is over, however far the clock is moved.
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
            // The store is asked again.
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
    public async Task Who_comes_back_while_too_much_waits_for_others_has_to_wait_too()
    {
        await using var server = await StartAsync(static o => o.ReplayBudgetBytes = 64 * 1024);
        var budget = server.Services.GetRequiredService<ReplayBudget>();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        budget.Hold(64 * 1024);
        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        Assert.Equal(Wire.ErrorTryLater, (await back.ReceiveAsync()).P1);
        // Nothing has happened to the user.
        await alice.SendAsync(Wire.NewMsg, "still here");
        await bob.FenceUntilAsync(static p => p.Text == "still here");

        budget.Return(64 * 1024);
        await bob.SayAsync("missed");
        Assert.Equal(0, (await back.ReplyAsync(Wire.Resume, ResumeData(alice.Position, Token, Next))).P1);
        Assert.True(budget.HeldBytes > 0);
        using var deadline = Deadline.Start();
        while (budget.HeldBytes > 0)
        {
            // The heartbeat sees that it was read.
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task What_waits_for_a_client_that_is_gone_holds_up_nobody()
    {
        await using var server = await StartAsync();
        var budget = server.Services.GetRequiredService<ReplayBudget>();
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await using var back = await server.ResumeAsync(Token, Next, Nowhere);
        Assert.Equal(1, (await back.ReceiveAsync()).P1);
        Assert.True(budget.HeldBytes > 0);
        back.Cut();
        await server.AwayAsync();
        Assert.Equal(0, budget.HeldBytes);
    }

    [Fact]
    public async Task A_user_whose_nick_is_not_settled_is_away_and_comes_back_when_it_is()
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

    private async Task MissAsync(TestServer server, int count, string text, int what)
    {
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        for (var i = 0; i < count; i++)
            await bob.SayAsync(text);
        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        Assert.Equal(new Packet(0x1001, Wire.Resume, "", what, alice.Id), await back.ReceiveAsync());
    }
}
