using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions.Resumption;

/// <summary>A client that resumes its session receives the events that it has missed, or a snapshot (docs/protocol.md, Sessions).</summary>
public class ResumedReplayTests : SessionScene
{
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
        // The gap includes the events of the absence and the return.
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

        // The room becomes large and small again while the client is away, which has not received the joins.
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
    public async Task A_connection_that_was_too_slow_twice_within_a_minute_gets_a_snapshot_when_it_resumes()
    {
        await using var server = await StartAsync(static o => (o.OutboundQueueBytes, o.SendBufferBytes, o.ReplayBytes) = (1024, 4096, 100_000_000));
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event, 300);
        var (token, position) = (Token, alice.Position);
        TestClient? last = null;
        for (var round = 1; round <= 2; round++)
        {
            // Neither the first connection nor the next one reads.
            for (var i = 0; i < 4000; i++)
                await server.Rooms.Find("room")!.BroadcastAsync(300, i, 0, new byte[1024]);
            using var deadline = Deadline.Start();
            for (var seconds = 0; !IsAway(round);)
            {
                // The close frame waits behind unread data until the close timeout is over; another thread ends the connection. Both rounds stay within the minute.
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
    public async Task A_resume_waits_while_the_replay_budget_is_used_up()
    {
        await using var server = await StartAsync(static o => o.ReplayBudgetBytes = 64 * 1024);
        var budget = server.Services.GetRequiredService<ReplayBudget>();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        budget.Hold(64 * 1024);
        await using var back = await server.ResumeAsync(Token, Next, alice.Position);
        Assert.Equal(Wire.ErrorTryLater, (await back.ReceiveAsync()).P1);
        // The user's state has not changed.
        await alice.SendAsync(Wire.NewMsg, "still here");
        await bob.FenceUntilAsync(static p => p.Text == "still here");

        budget.Return(64 * 1024);
        await bob.SayAsync("missed");
        Assert.Equal(0, (await back.ReplyAsync(Wire.Resume, ResumeData(alice.Position, Token, Next))).P1);
        Assert.True(budget.HeldBytes > 0);
        using var deadline = Deadline.Start();
        while (budget.HeldBytes > 0)
        {
            // The heartbeat notices that the data was read.
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task The_replay_of_a_disconnected_client_returns_its_budget()
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
