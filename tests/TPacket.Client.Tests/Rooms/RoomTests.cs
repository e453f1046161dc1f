using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests.Rooms;

public class RoomTests
{
    [Fact]
    public async Task Two_users_receive_the_messages_joins_and_leaves_of_each_other()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.EnterAsync("alice");
        var (aliceRecorder, bob) = (new ClientRecorder(alice), server.Client());
        var bobRecorder = new ClientRecorder(bob);

        await alice.SendAsync("grüße ✓ 😀");
        await aliceRecorder.RecordsAsync("alice: grüße ✓ 😀");
        await bob.ConnectAsync("bøb", "lobby");
        Assert.Equal(
            ["Connecting", "SigningIn", "Joining lobby", "added alice", "added bøb", "entered lobby", "history alice: grüße ✓ 😀", "Ready lobby"],
            bobRecorder.Lines);
        await bob.SendAsync("hi 你好");
        await bobRecorder.RecordsAsync("bøb: hi 你好");
        Assert.Equal(["alice", "bøb"], bob.Roster.Users.Select(user => user.Nick));
        Assert.Equal((2, "bøb"), (bob.Roster.Count, bob.Roster.Self!.Nick));
        Assert.Same(bob.Roster.Users, bob.Roster.Users);
        await bob.CloseAsync();

        await aliceRecorder.RecordsAsync("left bøb");
        Assert.Equal(["alice: grüße ✓ 😀", "added bøb", "joined bøb", "bøb: hi 你好", "removed bøb", "left bøb"], aliceRecorder.Lines);
        Assert.Equal("alice", Assert.Single(alice.Roster.Users).Nick);
        Assert.Empty(bob.Roster.Users);
        Assert.Equal(["Closed", "removed alice", "removed bøb"], bobRecorder.Lines[^3..]);
    }

    [Fact]
    public async Task An_enumeration_that_began_before_the_connection_has_the_history_and_ends_with_the_client()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.EnterAsync("alice");
        var said = new ClientRecorder(alice);
        for (var i = 0; i < 3; i++)
            await alice.SendAsync($"line {i}");
        await said.RecordsAsync("alice: line 2");

        var bob = server.Client();
        var events = bob.ReadEventsAsync();
        await bob.ConnectAsync("bob", "lobby");
        await bob.SendAsync("done");
        List<string> read = [];
        await foreach (var roomEvent in events)
        {
            read.Add(ClientRecorder.Describe(roomEvent));
            if (read[^1] == "bob: done")
                await bob.CloseAsync();
        }

        Assert.Equal(["entered lobby", "history alice: line 0", "history alice: line 1", "history alice: line 2", "bob: done"], read);
    }

    [Fact]
    public async Task Packets_of_many_threads_arrive_whole_and_in_the_order_of_each_thread()
    {
        const int Threads = 8, Messages = 250;
        await using var server = await TestServer.StartAsync(options => options.PacketsPerSecond = 0);
        var (alice, bob) = (await server.EnterAsync("alice"), await server.EnterAsync("bob"));
        var bobRecorder = new ClientRecorder(bob);
        // The enumeration is not read: all events wait in its buffer.
        var events = bob.ReadEventsAsync(Threads * Messages);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
                await alice.SendAsync($"{thread} {i}");
        })));

        var next = new int[Threads];
        await foreach (var message in events)
        {
            var parts = ((RoomMessage)message).Text.Split(' ').Select(int.Parse).ToArray();
            Assert.Equal(next[parts[0]]++, parts[1]);
            if (next.Sum() == Threads * Messages)
                break;
        }

        Assert.All(next, count => Assert.Equal(Messages, count));
        Assert.Equal(Threads * Messages, bobRecorder.Lines.Length);
    }

    [Fact]
    public async Task Sending_waits_for_a_server_that_reads_slowly_and_loses_nothing()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var data = new byte[60_000];

        // More than fits into the queue and the buffers of the sockets.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
                await client.SendAsync(new Packet(300, i, data: data));
        });
        for (var i = 0; i < 400; i++)
        {
            Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(await session.ReceiveAsync(), out var header, out _));
            Assert.Equal(i, header.P1);
        }

        await sending;
    }

    [Fact]
    public async Task A_client_enters_a_room_later_and_changes_it_if_the_server_allows_it()
    {
        await using var server = await TestServer.StartAsync(options => options.AllowRoomChange = true);
        var client = await server.EnterAsync("alice", room: null);
        var other = await server.EnterAsync("bob", "cellar");
        var recorder = new ClientRecorder(client);

        await client.JoinAsync("lobby");
        await client.JoinAsync("cellar");

        Assert.Equal(
            [
                "Joining lobby", "added alice", "entered lobby", "Ready lobby",
                "Joining cellar", "added bob", "entered cellar", "Ready cellar",
            ],
            recorder.Lines);
        Assert.Equal(other.Roster.Self, client.Roster.Users.Single(user => user.Nick == "bob"));
    }

    [Fact]
    public async Task A_room_that_is_refused_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var recorder = new ClientRecorder(client);

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => client.JoinAsync("cellar"));

        Assert.Equal(PacketErrorCode.RoomChangeNotAllowed, error.Code);
        Assert.Equal("Ready lobby", ClientRecorder.Describe(error.State));
        await client.SendAsync("still here");
        await recorder.RecordsAsync("alice: still here");
        Assert.Equal(["alice: still here"], recorder.Lines);
    }

    [Fact]
    public async Task A_client_changes_its_nick_if_the_server_allows_it()
    {
        await using var server = await TestServer.StartAsync(options => options.AllowNickChange = true);
        var (alice, bob) = (await server.EnterAsync("alice"), await server.EnterAsync("bob"));
        var bobRecorder = new ClientRecorder(bob);
        var id = alice.Roster.Self!.Id;

        await alice.RenameAsync("eve");

        Assert.Equal(new RoomUser(id, "eve"), alice.Roster.Self);
        await bobRecorder.RecordsAsync("joined eve");
        Assert.Equal(["removed alice", "left alice", "added eve", "joined eve"], bobRecorder.Lines);
        Assert.Equal(PacketErrorCode.NickTaken, (await Assert.ThrowsAsync<RequestRefusedException>(() => alice.RenameAsync("bob"))).Code);
        Assert.Equal("eve", alice.Roster.Self.Nick);
    }

    [Fact]
    public async Task Announcements_of_the_host_are_received()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice", configure: options => options.AcceptedCommands = [(TestServer.Broadcast, TestServer.Broadcast)]);
        var recorder = new ClientRecorder(client);

        await server.Room("lobby").BroadcastAsync(TestServer.Broadcast, -7, 9, "€"u8.ToArray());
        await server.Room("lobby").AnnounceAsync("The round is over.");

        await recorder.RecordsAsync("announced The round is over.");
        Assert.Equal([$"packet {TestServer.Broadcast} -7 9 €", "announced The round is over."], recorder.Lines);
    }

    [Fact]
    public async Task A_client_that_accepts_member_counts_receives_the_number_of_a_large_room()
    {
        await using var server = await TestServer.StartAsync(options => (options.LargeRoomMembers, options.PresencePeriod) = (1, TimeSpan.FromMilliseconds(10)));
        await server.EnterAsync("alice");
        var bob = await server.EnterAsync("bob");
        var client = server.Client(options => options.AcceptedCommands = [((int)PacketCommand.MemberCount, (int)PacketCommand.MemberCount)]);
        var recorder = new ClientRecorder(client);

        await client.ConnectAsync("carol", "lobby");
        await recorder.RecordsAsync("counted");
        // All members know the users who entered before the room was large.
        Assert.Equal(["alice", "carol"], client.Roster.Users.Select(user => user.Nick));
        Assert.Equal(3, client.Roster.Count);
        await bob.SendAsync("hello");

        await recorder.RecordsAsync("bob: hello");
        Assert.Equal(["alice", "bob", "carol"], client.Roster.Users.Select(user => user.Nick));
        Assert.Equal(3, client.Roster.Count);
    }

    [Fact]
    public async Task A_refused_message_is_reported_with_its_uid()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var events = client.ReadEventsAsync();

        var uid = await client.SendAsync(new Packet((int)PacketCommand.NewMsg, new string('x', 256)));

        await foreach (var roomEvent in events)
        {
            var refused = Assert.IsType<SendRefused>(roomEvent);
            Assert.Equal((PacketErrorCode.MessageTooLong, uid), (refused.Error.Code, refused.Error.Uid));
            break;
        }
    }

    [Fact]
    public async Task A_handler_that_throws_does_not_stop_the_client()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client();
        client.EventReceived += _ => throw new InvalidOperationException("broken");
        client.StateChanged += _ => throw new InvalidOperationException("broken");
        client.Roster.Changed += _ => throw new InvalidOperationException("broken");
        var recorder = new ClientRecorder(client);

        await client.ConnectAsync("alice", "lobby");
        await client.SendAsync("hello");

        await recorder.RecordsAsync("alice: hello");
    }

    [Fact]
    public async Task A_client_that_is_not_ready_throws_and_sends_nothing()
    {
        await using var client = new TPacketClient(new Uri("ws://localhost/"));

        Assert.Equal(client.State, (await Assert.ThrowsAsync<TPacketClientException>(async () => await client.SendAsync("hello"))).State);
        await Assert.ThrowsAsync<TPacketClientException>(() => client.RequestAsync(new Packet(300)));
        await Assert.ThrowsAsync<TPacketClientException>(() => client.JoinAsync("lobby"));
        await Assert.ThrowsAsync<TPacketClientException>(() => client.RenameAsync("eve"));
    }
}
