using System.Globalization;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Rooms;

/// <summary>Clients that follow the log of a room of a real server.</summary>
public class FollowedServerTests
{
    [Fact]
    public async Task Receipts_events_and_history_agree_on_offset_and_time()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.EnterAsync("alice");
        var recorder = new ClientRecorder(alice);
        var bob = await server.EnterAsync("bob");
        await recorder.RecordsAsync("joined bob");
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);

        var one = await alice.SendAsync("one");
        var two = await bob.SendAsync("two: it is");
        var after = DateTimeOffset.UtcNow;

        Assert.Equal((2, 3), (one.Offset, two.Offset));
        Assert.InRange(one.Time!.Value, before, two.Time!.Value);
        Assert.InRange(two.Time.Value, one.Time.Value, after);
        await recorder.RecordsAsync("bob: two: it is");
        Assert.Equal(["joined bob", "alice: one", "bob: two: it is"], recorder.Events.Select(ClientRecorder.Describe));
        Assert.Equal([1, 2, 3], recorder.Events.Select(received => received.Offset));
        Assert.Equal([one.Time, two.Time], recorder.Events[1..].Select(received => received.Time));

        // Later members read the same history.
        var carol = server.Client();
        var reads = new ClientRecorder(carol);
        await carol.ConnectAsync("carol", "lobby");
        Assert.Equal(["entered lobby", "history alice: one", "history bob: two: it is"], reads.Events.Select(ClientRecorder.Describe));
        Assert.Equal([null, one.Offset, two.Offset], reads.Events.Select(received => received.Offset));
        Assert.Equal([null, one.Time, two.Time], reads.Events.Select(received => received.Time));
        Assert.Equal("bob", ((RoomMessage)reads.Events[2]).Sender!.Nick);
        Assert.Equal(bob.Roster.Self!.Id, ((RoomMessage)reads.Events[2]).Sender!.Id);
    }

    [Fact]
    public async Task Clients_with_and_without_events_receive_the_same()
    {
        await using var server = await TestServer.StartAsync(options => options.AllowNickChange = true);
        var (follows, bare) = (await server.EnterAsync("alice"), await server.EnterAsync("bob", configure: options => options.FollowLog = false));
        await follows.SendAsync("ready");
        var (one, other) = (new ClientRecorder(follows), new ClientRecorder(bare));

        // Without a receipt, the call completes before the server has the message.
        await bare.SendAsync("hello");
        await one.RecordsAsync("bob: hello");
        await follows.SendAsync("hi");
        await follows.RenameAsync("eve");
        await server.Room("lobby").AnnounceAsync("The round is over.");
        await follows.SendAsync("end");

        await one.RecordsAsync("eve: end");
        await other.RecordsAsync("eve: end");
        string[] expected = ["bob: hello", "alice: hi", "removed alice", "left alice", "added eve", "joined eve", "announced The round is over.", "eve: end"];
        Assert.Equal(expected, one.Lines.SkipWhile(line => line != expected[0]));
        Assert.Equal(expected, other.Lines.SkipWhile(line => line != expected[0]));
        Assert.All(one.Events.SkipWhile(received => ClientRecorder.Describe(received) != expected[0]), received => Assert.NotNull(received.Offset));
        Assert.All(other.Events, received => Assert.Null(received.Offset));
    }

    [Fact]
    public async Task A_packet_of_the_application_is_appended_and_has_its_receipt()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice", configure: options => options.AcceptedCommands = [(TestServer.Broadcast, TestServer.Broadcast)]);
        var recorder = new ClientRecorder(client);

        var receipt = await client.AppendAsync(new Packet(TestServer.Append, 7, -8, "x"u8.ToArray()));

        Assert.Equal(1, receipt.Offset);
        Assert.Equal([$"packet {TestServer.Broadcast} 7 -8 x"], recorder.Lines);
        Assert.Equal(receipt.Offset, recorder.Events[0].Offset);
    }

    [Fact]
    public async Task A_message_of_unknown_outcome_is_appended_once_and_before_later_messages()
    {
        var time = new WatchedTime();
        await using var server = await TestServer.StartAsync(configure: UnsureStore.Use);
        var client = await server.EnterAsync("alice", configure: options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var recorder = new ClientRecorder(client);
        var store = (UnsureStore)server.Service<IRoomStore>();
        // The store appends, and its answer is lost.
        store.LosesAnswers = true;
        var sending = Enumerable.Range(0, 5).Select(i => client.SendAsync($"{i}")).ToArray();
        var pause = TimeSpan.FromMilliseconds(500);
        await time.Timers.FirstAsync(timer => timer == pause);
        store.LosesAnswers = false;
        time.Advance(pause);

        var receipts = await Task.WhenAll(sending);
        Assert.Equal([1, 2, 3, 4, 5], receipts.Select(receipt => receipt.Offset));
        Assert.Equal(["alice: 0", "alice: 1", "alice: 2", "alice: 3", "alice: 4"], recorder.Lines);
        Assert.Equal(receipts.Select(receipt => receipt.Offset), recorder.Events.Select(received => received.Offset));
    }

    [Fact]
    public async Task A_store_that_fails_refuses_the_message_and_the_next_is_appended()
    {
        await using var server = await TestServer.StartAsync(configure: UnsureStore.Use);
        var client = await server.EnterAsync("alice");
        var store = (UnsureStore)server.Service<IRoomStore>();
        store.Fails = true;

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => client.SendAsync("lost"));
        store.Fails = false;

        Assert.Equal(PacketErrorCode.StoreFailed, error.Code);
        Assert.Equal(1, (await client.SendAsync("kept")).Offset);
    }

    [Fact]
    public async Task A_user_that_the_server_moves_follows_the_other_room()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var bob = await server.EnterAsync("bob", "cellar");
        var recorder = new ClientRecorder(client);

        await server.User("alice").EnterRoomAsync("cellar");

        await recorder.RecordsAsync("entered cellar");
        Assert.Equal("Ready cellar", ClientRecorder.Describe(client.State));
        Assert.Equal(["alice", "bob"], client.Roster.Users.Select(user => user.Nick).Order());
        var receipt = await client.SendAsync("here");
        await recorder.RecordsAsync("alice: here");
        Assert.Equal(receipt.Offset, recorder.Events[^1].Offset);
        Assert.Equal(bob.Roster.Count, client.Roster.Count);
    }

    [Fact]
    public async Task Offsets_of_a_counted_large_room_rise_with_gaps()
    {
        await using var server = await TestServer.StartAsync(options => (options.LargeRoomMembers, options.PresencePeriod) = (1, TimeSpan.FromMilliseconds(10)));
        await server.EnterAsync("alice");
        var counts = await server.EnterAsync("bob", configure: options => options.AcceptedCommands = [((int)PacketCommand.MemberCount, (int)PacketCommand.MemberCount)]);
        var recorder = new ClientRecorder(counts);

        for (var i = 0; i < 3; i++)
        {
            var guest = await server.EnterAsync($"guest {i}");
            await guest.SendAsync(i.ToString(CultureInfo.InvariantCulture));
            await guest.CloseAsync();
        }

        var receipt = await counts.SendAsync("end");
        await recorder.RecordsAsync("bob: end");
        var offsets = recorder.Events.OfType<RoomMessage>().Select(received => received.Offset!.Value).ToArray();
        Assert.Equal(4, offsets.Length);
        Assert.Equal(offsets.Order().Distinct(), offsets);
        Assert.Equal(receipt.Offset, offsets[^1]);
    }
}
