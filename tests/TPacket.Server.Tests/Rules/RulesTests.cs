using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rules;

/// <summary>Commands and views of members (docs/protocol.md, Rooms with rules).</summary>
public class RulesTests
{
    private const int Command = TallyRules.Command;

    [Fact]
    public async Task Members_that_accept_the_command_receive_the_state_when_they_enter_and_after_each_event()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var plain = await server.SignInAsync("plain");
        await plain.JoinAsync("room");
        await using var alice = await JoinAsync(server, "alice");
        await plain.FenceAsync();

        var received = await alice.AnswerAsync(new TallyCommand.Add(5));
        Assert.Equal((-1, Command, alice.Id, 1), (received[0].Uid, received[0].Command, received[0].P1, received[0].P2));
        Assert.Equal(5, SeenTally.State(received[0]).Sum);
        Assert.Equal(Wire.RespOk, Assert.Single(received.Skip(1)).Command);
        await using var bob = await server.SignInAsync("bob");
        await bob.AcceptAsync(Command);
        var entered = await bob.JoinAsync("room");
        Assert.Equal((-1, Command, 0, 1), (entered[^1].Uid, entered[^1].Command, entered[^1].P1, entered[^1].P2));
        Assert.Equal(5, SeenTally.State(entered[^1]).Sum);
        // A client that has not accepted the command does not receive it.
        Assert.Equal([new Packet(-1, Wire.NewUser, "bob", bob.Id)], await plain.FenceAsync());
        Assert.Equal(5, server.Tally.Sum);
    }

    [Fact]
    public async Task A_refused_command_gets_the_code_and_the_text_of_the_rules_and_changes_nothing()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await JoinAsync(server, "alice");
        var before = server.Tally;

        var refused = Assert.Single(await alice.AnswerAsync(new TallyCommand.Add(100)));
        Assert.Equal((Wire.RespError, -1001, "The sum would be too large."), (refused.Command, refused.P1, refused.Text));
        Assert.Same(before, server.Tally);
        Assert.Equal(Wire.RespOk, Assert.Single(await alice.AnswerAsync(new TallyCommand.DoNothing())).Command);
        Assert.Same(before, server.Tally);
    }

    [Fact]
    public async Task Several_events_of_one_decision_are_appended_together_and_delivered_one_by_one()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await JoinAsync(server, "alice");

        var received = await alice.AnswerAsync(new TallyCommand.AddTwice(1, 2));
        Assert.Equal([1, 3], received.SkipLast(1).Select(static p => SeenTally.State(p).Sum));
    }

    [Theory]
    [InlineData("Decide")]
    [InlineData("Evolve")]
    public async Task Rules_that_throw_refuse_the_command_and_change_nothing(string member)
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await JoinAsync(server, "alice");
        var position = server.Rooms.Find("room")!.Position;

        var refused = Assert.Single(await alice.AnswerAsync(new TallyCommand.FailAt(member)));
        Assert.Equal((Wire.RespError, Wire.ErrorHandlerFailed), (refused.Command, refused.P1));
        Assert.Equal(position, server.Rooms.Find("room")!.Position);
        Assert.Contains(server.Logs.All, static entry => entry is { Level: LogLevel.Error, Error: InvalidOperationException });
        Assert.Equal(Wire.RespOk, (await alice.AnswerAsync(new TallyCommand.Add(1)))[^1].Command);
    }

    [Fact]
    public async Task A_command_that_cannot_be_read_is_refused()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await JoinAsync(server, "alice");

        foreach (var data in (string[])["", "{", "{}", "null", """{"$type":"unknown"}"""])
        {
            var refused = await alice.ReplyAsync(Command, data);
            Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), (refused.Command, refused.P1));
        }
    }

    [Fact]
    public async Task A_command_outside_of_a_room_with_these_rules_is_refused()
    {
        await using var server = await TestServer.StartAsync(build: static b => b.AddRules<TallyRules>("room", Command).AddRules<SecretTallyRules>("other*", 301));
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Command, SeenTally.Bytes(new TallyCommand.Add(1)))).P1);
        await alice.JoinAsync("other room");
        Assert.Equal(Wire.ErrorRefused, (await alice.ReplyAsync(Command, SeenTally.Bytes(new TallyCommand.Add(1)))).P1);
        await using var bob = await server.SignInAsync("bob");
        await bob.JoinAsync("third");
        Assert.Equal(Wire.ErrorRefused, (await bob.ReplyAsync(Command, SeenTally.Bytes(new TallyCommand.Add(1)))).P1);
    }

    [Fact]
    public async Task A_follower_receives_events_with_the_state_and_receipts()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Event, Wire.Receipt, Command);
        var uid = await alice.SendAsync(Wire.SetRoom, "room");
        var entered = await alice.FenceAsync();
        Assert.Equal((uid, Wire.RespOk), (entered[0].Uid, entered[0].Command));
        entered.RemoveAt(0);
        SnapshotReceived.TakeFrom(entered);
        Assert.Equal((Command, 1), (entered[0].Command, entered[0].P2));

        var received = await alice.AnswerAsync(new TallyCommand.Add(7));
        var happened = LogEvent.Of(received[0]);
        Assert.Equal(7, SeenTally.State(Assert.Single(happened.Packets)).Sum);
        Assert.Equal((Wire.Receipt, happened.Offset), (received[1].Command, LogEvent.OffsetOf(received[1])));
    }

    [Fact]
    public async Task A_repeated_command_gets_the_same_receipt_even_if_the_rules_would_refuse_it_now()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Receipt, Command);
        await alice.JoinAsync("room");
        var sent = new Packet(0x5000, Command, 0, 0, SeenTally.Bytes(new TallyCommand.Add(60))).Encode();
        await alice.SendBytesAsync(sent);
        var first = (await alice.FenceUntilAsync(static p => p.Uid == 0x5000))[^1];
        await alice.SendBytesAsync(sent);
        var second = await alice.ReceiveAsync();
        Assert.Equal(Wire.Receipt, first.Command);
        Assert.Equal(first, second);
        Assert.Equal(60, server.Tally.Sum);
        // Other bytes under the same uid, whether the command was refused or not.
        foreach (var number in (int[])[1, 99])
        {
            await alice.SendBytesAsync(new Packet(0x5000, Command, 0, 0, SeenTally.Bytes(new TallyCommand.Add(number))).Encode());
            Assert.Equal((0x5000, Wire.RespError, Wire.ErrorInvalidArgument), await alice.ReceiveAsync() is var reused ? (reused.Uid, reused.Command, reused.P1) : default);
        }

        // A refused command may be sent again, and is appended then.
        await alice.SendBytesAsync(new Packet(0x5001, Command, 0, 0, SeenTally.Bytes(new TallyCommand.Add(50))).Encode());
        Assert.Equal(-1001, (await alice.ReceiveAsync()).P1);
        await alice.AnswerAsync(new TallyCommand.Add(-30));
        await alice.SendBytesAsync(new Packet(0x5001, Command, 0, 0, SeenTally.Bytes(new TallyCommand.Add(50))).Encode());
        Assert.Equal(Wire.Receipt, (await alice.FenceUntilAsync(static p => p.Uid == 0x5001))[^1].Command);
        Assert.Equal(80, server.Tally.Sum);
    }

    [Fact]
    public async Task Rules_that_read_presence_are_notified_and_members_see_the_effect()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await JoinAsync(server, "alice");
        await using (var bob = await server.SignInAsync("bob"))
        {
            await bob.JoinAsync("room");
            var seen = await alice.FenceUntilAsync(static p => p.Command == Command);
            Assert.Equal([Wire.NewUser, Command], seen.Select(static p => p.Command));
            Assert.Equal(["alice", "bob"], SeenTally.State(seen[^1]).Present);
            await bob.CloseAsync();
        }

        Assert.Equal(["alice"], SeenTally.State((await alice.FenceUntilAsync(static p => p.Command == Command))[^1]).Present);
    }

    [Fact]
    public async Task Each_member_receives_only_its_own_view()
    {
        await using var server = await StartAsync<SecretTallyRules>();
        await using var alice = await JoinAsync(server, "alice");
        var token = RandomNumberGenerator.GetBytes(32);
        var bob = await server.JoinWithSessionAsync("bob", token, Wire.Event, Wire.Receipt);
        await bob.SendAsync(Wire.AcceptCommands, "", Command, Command);
        await bob.FenceAsync();
        var secret = RandomNumberGenerator.GetInt32(100_000, 999_999);
        var seenByAlice = await alice.AnswerAsync(new TallyCommand.Keep(secret));
        Assert.Contains($"secret {secret}", seenByAlice[^2].Text, StringComparison.Ordinal);

        var seenByBob = await bob.FenceAsync();
        bob.Pass([.. seenByBob.Where(static p => p.Command == Wire.Event).Select(LogEvent.Of)]);
        var position = bob.Position;
        bob.Cut();
        await server.AwayAsync();
        await alice.AnswerAsync(new TallyCommand.Keep(secret));
        await using var back = await server.ResumeAsync(token, position: position);
        seenByBob.AddRange(await back.FenceAsync());
        await using var carol = await server.SignInAsync("carol");
        await carol.AcceptAsync(Wire.Event, Command);
        await carol.SendAsync(Wire.SetRoom, "room");
        seenByBob.AddRange(await carol.FenceAsync());

        Assert.NotEmpty(seenByBob);
        Assert.DoesNotContain(seenByBob, p => p.Text.Contains(secret.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rules_can_send_the_change_instead_of_the_view()
    {
        await using var server = await StartAsync<ChangingTallyRules>();
        await using var alice = await JoinAsync(server, "alice");

        var added = (await alice.AnswerAsync(new TallyCommand.Add(3)))[0];
        Assert.Equal((Command, alice.Id, 0, "0 + 3 = 3"), (added.Command, added.P1, added.P2, added.Text));
        var kept = (await alice.AnswerAsync(new TallyCommand.Keep(1)))[0];
        Assert.Equal((Command, alice.Id, 1, "sum 3"), (kept.Command, kept.P1, kept.P2, kept.Text));
    }

    [Fact]
    public async Task A_resumed_member_receives_the_missed_messages_and_then_the_state()
    {
        await using var server = await StartAsync<ChangingTallyRules>();
        await using var alice = await JoinAsync(server, "alice");
        var token = RandomNumberGenerator.GetBytes(32);
        var bob = await server.SignInAsync("bob");
        await bob.AcceptAsync(Wire.Event, Command);
        await bob.ReplyAsync(Wire.Session, token);
        await bob.SendAsync(Wire.SetRoom, "room");
        var entered = await bob.FenceAsync();
        entered.RemoveAt(0);
        var position = SnapshotReceived.TakeFrom(entered).Position;
        bob.Cut();
        await server.AwayAsync();
        await alice.SendAsync(Wire.NewMsg, "while you were away");
        await alice.AnswerAsync(new TallyCommand.Add(1));
        await alice.AnswerAsync(new TallyCommand.Add(2));

        await using var back = await server.ResumeAsync(token, position: position);
        var received = await back.FenceAsync();
        Assert.Equal((Wire.Resume, 0), (received[0].Command, received[0].P1));
        Assert.Equal((Command, 0, 1, "sum 3"), (received[^1].Command, received[^1].P1, received[^1].P2, received[^1].Text));
        var events = received.Skip(1).SkipLast(1).Select(LogEvent.Of).ToList();
        Assert.Contains(events, static e => e.Packets.Any(static p => p.Text == "while you were away"));
        Assert.DoesNotContain(events, static e => e.Packets.Any(static p => p.Command == Command));
        await alice.AnswerAsync(new TallyCommand.Add(4));
        Assert.Equal("3 + 4 = 7", Assert.Single(LogEvent.Of(Assert.Single(await back.FenceAsync())).Packets).Text);
    }

    [Fact]
    public async Task Sixteen_writers_decide_one_after_the_other()
    {
        await using var server = await StartAsync<TallyRules>(static b => b.UseRoomStore<FlakyStore>());
        var clients = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => JoinAsync(server, $"user{i}")));
        await Task.WhenAll(clients.Select(async client =>
        {
            for (var i = 0; i < 6; i++)
                Assert.Equal(Wire.RespOk, (await client.AnswerAsync(new TallyCommand.Add(1)))[^1].Command);
        }));

        Assert.Equal(96, server.Tally.Sum);
        Assert.Equal(96, server.Metrics.Sum("tpacket.server.rules.decisions"));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_reset_by_the_store_computes_the_state_again()
    {
        await using var server = await StartAsync<TallyRules>(static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Event, Command);
        await alice.SendAsync(Wire.SetRoom, "room");
        await alice.FenceAsync();
        await alice.AnswerAsync(new TallyCommand.Add(5));
        store.Confusing = RoomEventKind.Packet;
        await alice.ActAsync(new TallyCommand.Add(6));
        await alice.FenceUntilAsync(static p => p.Command == Wire.Snapshot && p.P1 == 0);
        store.Confusing = null;

        Assert.Equal(Wire.RespOk, (await alice.AnswerAsync(new TallyCommand.Add(7)))[^1].Command);
        Assert.Equal(18, server.Tally.Sum);
    }

    [Fact]
    public async Task Rules_can_hide_the_author_of_an_event()
    {
        await using var server = await StartAsync<HidingTallyRules>();
        await using var alice = await JoinAsync(server, "alice");
        await using var bob = await JoinAsync(server, "bob");
        await using var carol = await server.SignInAsync("carol");
        await carol.AcceptAsync(Wire.Event, Command);
        await carol.SendAsync(Wire.SetRoom, "room");
        await carol.FenceAsync();
        await bob.FenceAsync();
        await alice.AnswerAsync(new TallyCommand.Add(5));
        var seen = Assert.Single(await bob.FenceAsync());
        Assert.Equal((Command, 0, 5), (seen.Command, seen.P1, SeenTally.State(seen).Sum));
        var followed = Assert.Single(await carol.FenceAsync());
        Assert.Equal(0, Assert.Single(LogEvent.Of(followed).Packets).P1);
        // No byte of it is the author's id.
        Assert.Equal(-1, followed.Data.AsSpan().IndexOf(BitConverter.GetBytes(alice.Id)));
    }

    [Fact]
    public async Task A_client_that_accepts_the_command_later_receives_the_state_then()
    {
        await using var server = await StartAsync<TallyRules>();
        await using var alice = await server.SignInAsync("alice");
        await alice.JoinAsync("room");
        var uid = await alice.SendAsync(Wire.AcceptCommands, "", Command, Command);
        var received = await alice.FenceUntilAsync(p => p.Uid == uid);
        Assert.Equal([(Command, 1), (Wire.RespOk, 0)], received.Select(static p => (p.Command, p.P2)));
    }

    [Fact]
    public async Task A_follower_that_receives_a_snapshot_receives_the_state_again()
    {
        await using var server = await StartAsync<ChangingTallyRules>(static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Event, Command);
        await alice.SendAsync(Wire.SetRoom, "room");
        await alice.FenceAsync();
        await alice.AnswerAsync(new TallyCommand.Add(5));
        store.Confusing = RoomEventKind.Message;
        await alice.SendAsync(Wire.NewMsg, "confusing");
        await alice.FenceUntilAsync(static p => p.Command == Wire.Snapshot && p.P1 == 0);
        Assert.Equal("sum 5", (await alice.FenceUntilAsync(static p => p.Command == Command))[^1].Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(128)]
    [InlineData(255)]
    [InlineData(TallyRules.Command - 400)]
    public async Task Rules_use_a_command_of_the_application(int command) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => TestServer.StartAsync(build: b => b.AddRules<TallyRules>("*", command)));

    internal static Task<TestServer> StartAsync<TRules>(Action<ITPacketServerBuilder>? build = null, TimeProvider? time = null)
        where TRules : RoomRules =>
        TestServer.StartAsync(
            o =>
            {
                if (time is not null)
                    o.PingAfterIdle = TimeSpan.FromDays(700);
            },
            b =>
            {
                b.AddRules<TRules>("room*", Command);
                build?.Invoke(b);
            },
            time);

    internal static async Task<TestClient> JoinAsync(TestServer server, string nick, string room = "room")
    {
        var client = await server.SignInAsync(nick);
        await client.AcceptAsync(Command);
        await client.JoinAsync(room);
        return client;
    }
}
