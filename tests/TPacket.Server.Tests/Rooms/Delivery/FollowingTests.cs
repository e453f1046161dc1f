using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms.Delivery;

/// <summary>Clients that follow a room's log (docs/protocol.md, Following a room's log).</summary>
public class FollowingTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(_start);

    [Fact]
    public async Task A_follower_receives_a_snapshot_and_each_event_once_with_its_offset()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await bob.SayAsync("before");
        await using var alice = await server.SignInAsync("alice");
        var welcome = await FollowAsync(alice, "room");

        Assert.Equal("room", welcome.Room);
        // bob's join, its message, alice's join.
        Assert.Equal(2, welcome.Position.Offset);
        Assert.Equal(server.Rooms.Find("room")!.Position, welcome.Position);
        Assert.Equal(["bob", "alice"], welcome.Roster.Select(static p => p.Text));
        var logged = Assert.Single(welcome.History);
        Assert.Equal((1, _start.ToUnixTimeMilliseconds()), (logged.Offset, logged.Time));
        Assert.Equal([new Packet(-1, Wire.LoggedMsg, "bob: before", bob.Id, 3)], logged.Packets);

        _time.Advance(TimeSpan.FromSeconds(1));
        await bob.SendAsync(Wire.NewMsg, "now");
        await using var carol = await server.JoinAsync("carol", "room");
        await server.Rooms.Find("room")!.AnnounceAsync("tea");
        var events = (await alice.FenceAsync()).Select(LogEvent.Of).ToList();

        Assert.Equal([3, 4, 5], events.Select(static e => e.Offset));
        Assert.All(events, static e => Assert.Equal(_start.AddSeconds(1).ToUnixTimeMilliseconds(), e.Time));
        Assert.Equal(
            [new(-1, Wire.NewMsg, "now", bob.Id), new(-1, Wire.NewUser, "carol", carol.Id), new Packet(-1, Wire.LoggedMsg, "tea")],
            events.Select(static e => Assert.Single(e.Packets)));
        Assert.Equal(server.Rooms.Find("room")!.Position.Check, events[^1].Check);
    }

    [Fact]
    public async Task The_bytes_are_those_of_the_protocol()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await AcceptAsync(alice, Wire.Event);
        await alice.SendAsync(Wire.SetRoom, "tea");
        await alice.SendAsync(Wire.NewMsg, "hi");
        var received = await alice.FenceAsync();

        Assert.Equal([Wire.RespOk, Wire.Snapshot, Wire.NewUser, Wire.Snapshot, Wire.Event], received.Select(static p => p.Command));
        var (joined, said) = (RoomPosition.Read(received[1].Data), server.Rooms.Find("tea")!.Position);
        Assert.Equal(
            "456a3840 ffffffff 33000000 0f000000 01000000 00000000" + $"{Hex(joined.Epoch)}0000000000000000{Hex(joined.Check)} 746561",
            Hex(received[1].Encode()), ignoreAllWhiteSpace: true);
        Assert.Equal("456a3840 ffffffff 18000000 0f000000 00000000 00000000", Hex(received[3].Encode()), ignoreAllWhiteSpace: true);
        Assert.Equal(
            "456a3840 ffffffff 42000000 0e000000 01000000 00000000" + $"{Hex((ulong)_start.ToUnixTimeMilliseconds())}{Hex(said.Check)}"
            + "456a3840 ffffffff 1a000000 07000000 00100000 00000000 6869",
            Hex(received[4].Encode()), ignoreAllWhiteSpace: true);
    }

    [Fact]
    public async Task Only_replies_and_private_packets_are_sent_without_EVENT()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        await AcceptAsync(alice, Wire.Event);
        await AcceptAsync(alice, 300);
        await FollowAsync(alice, "room", accept: false);
        await using var bob = await server.JoinAsync("bob", "room");
        await bob.SayAsync("hello");
        await server.Rooms.Find("room")!.BroadcastAsync(300, 1, 2, "game"u8.ToArray());
        Assert.True(server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.Send(300, 3, 4, "private"u8));
        await bob.CloseAsync();
        await server.EndedAsync();
        var refused = await alice.SendAsync(Wire.SetUserNick, "alicia");
        var received = await alice.FenceAsync();

        Packet[] bare = [.. received.Where(static p => p.Command != Wire.Event)];
        Assert.Equal([new(-1, 300, "private", 3, 4), new Packet(refused, Wire.RespError, bare[^1].Text, Wire.ErrorNickChangeNotAllowed)], bare);
        Assert.Equal(
            [new(-1, Wire.NewUser, "bob", bob.Id), new(-1, Wire.NewMsg, "hello", bob.Id), new(-1, 300, "game", 1, 2), new Packet(-1, Wire.DelUser, "bob", bob.Id)],
            received.Where(static p => p.Command == Wire.Event).Select(static p => Assert.Single(LogEvent.Of(p).Packets)));
    }

    [Fact]
    public async Task A_change_of_nick_is_one_event_with_two_packets()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.SignInAsync("alice");
        await FollowAsync(alice, "room");
        var uid = await alice.SendAsync(Wire.SetUserNick, "alicia");
        var received = await alice.FenceAsync();

        Assert.Equal(
            [new Packet(-1, Wire.DelUser, "alice", alice.Id), new Packet(-1, Wire.NewUser, "alicia", alice.Id)], LogEvent.Of(received[0]).Packets);
        Assert.Equal([new Packet(uid, Wire.RespOk, "")], received[1..]);
    }

    [Fact]
    public async Task Members_that_do_not_follow_receive_the_packets_without_EVENT()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.SignInAsync("alice");
        await FollowAsync(alice, "room");
        await alice.SendAsync(Wire.NewMsg, "to all");
        await alice.FenceAsync();
        Assert.Equal([new(-1, Wire.NewUser, "alice", alice.Id), new Packet(-1, Wire.NewMsg, "to all", alice.Id)], await bob.FenceAsync());
        // Too late: it takes effect when the user enters the next time.
        await AcceptAsync(bob, Wire.Event);
        await alice.SendAsync(Wire.NewMsg, "again");
        await alice.FenceAsync();
        Assert.Equal([new Packet(-1, Wire.NewMsg, "again", alice.Id)], await bob.FenceAsync());
    }

    [Fact]
    public async Task A_follower_receives_the_complete_history_and_other_members_a_truncated_one()
    {
        await using var server = await StartAsync();
        await using var bob = await server.JoinAsync(new string('b', 48), "room");
        var text = new string('x', 255);
        await bob.SayAsync(text);
        await using var alice = await server.SignInAsync("alice");
        var logged = Assert.Single(Assert.Single((await FollowAsync(alice, "room")).History).Packets);
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, $"{bob.Nick}: {text}", bob.Id, 48), logged);
        await using var carol = await server.SignInAsync("carol");
        Assert.Equal($"{bob.Nick}: {text}"[..255], (await carol.JoinAsync("room"))[^1].Text);
    }

    [Fact]
    public async Task A_follower_that_enters_its_room_again_receives_a_snapshot_again()
    {
        await using var server = await StartAsync(o => o.AllowRoomChange = true);
        await using var alice = await server.SignInAsync("alice");
        var first = await FollowAsync(alice, "room");
        await alice.SendAsync(Wire.NewMsg, "x");
        await alice.FenceAsync();
        var second = await FollowAsync(alice, "room", accept: false);
        Assert.Equal((first.Position.Epoch, first.Position.Offset + 1), (second.Position.Epoch, second.Position.Offset));
        var other = await FollowAsync(alice, "other", accept: false);
        Assert.NotEqual(first.Position.Epoch, other.Position.Epoch);
        Assert.Equal(("other", 0), (other.Room, other.Position.Offset));
    }

    [Fact]
    public async Task A_follower_that_does_not_accept_a_command_receives_the_position_after_many_of_its_events()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var entered = await FollowAsync(alice, "room");
        var room = server.Rooms.Find("room")!;
        for (var i = 0; i < 1000; i++)
            await room.BroadcastAsync(300);
        var events = (await alice.FenceAsync()).Select(LogEvent.Of).ToList();

        Assert.All(events, static e => Assert.Empty(e.Packets));
        var last = entered.Position.Offset;
        foreach (var position in events)
        {
            Assert.InRange(position.Offset - last, 1, 501);
            last = position.Offset;
        }

        Assert.InRange(room.Position.Offset - last, 0, 500);
        Assert.InRange(events.Count, 2, 8);
        last = room.Position.Offset;
        await alice.SendAsync(Wire.NewMsg, "still here");
        Assert.Equal(last + 1, LogEvent.Of(await alice.ReceiveAsync()).Offset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_epoch_of_the_log_reaches_followers_as_a_snapshot_and_other_members_as_a_difference(bool isSameEpoch)
    {
        await using var server = await StartAsync(build: b => b.UseRoomStore<ResettableStore>());
        var store = (ResettableStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        await using var bob = await server.JoinAsync("bob", "room");
        var before = await FollowAsync(alice, "room");
        await bob.FenceAsync();
        var members = server.Rooms.Find("room")!.Members;
        var position = isSameEpoch ? before.Position with { Offset = before.Position.Offset + 7, Check = 99 } : new RoomPosition(0xABCD, 4, 5);
        var missed = RoomEvent.Message(members[0], "missed"u8.ToArray()) with { Offset = position.Offset - 1, Time = 12, Check = 34 };
        store.Reset("room", new RoomSnapshot(position, [.. members, new RoomMember(77, "carol", 78)], [missed], []));

        var received = await alice.FenceAsync();
        var after = SnapshotReceived.TakeFrom(received);
        Assert.Empty(received);
        Assert.Equal((position, "room"), (after.Position, after.Room));
        Assert.Equal(["alice", "bob", "carol"], after.Roster.Select(static p => p.Text).Order());
        Assert.Equal("bob: missed", Assert.Single(Assert.Single(after.History).Packets).Text);
        Packet[] difference = [new(-1, Wire.NewUser, "carol", 77), .. isSameEpoch ? [new Packet(-1, Wire.LoggedMsg, "bob: missed")] : Array.Empty<Packet>()];
        Assert.Equal(difference, await bob.FenceAsync());

        // A reset to the room's own position brings no event.
        store.Reset("room", new RoomSnapshot(position, server.Rooms.Find("room")!.Members, [missed], []));
        Assert.Empty(await alice.FenceAsync());
        Assert.Empty(await bob.FenceAsync());
    }

    [Fact]
    public async Task An_event_that_is_not_delivered_is_in_a_snapshot_and_members_without_snapshots_reconnect()
    {
        await using var server = await StartAsync(build: b => b.UseRoomStore<ResettableStore>());
        var store = (ResettableStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        await FollowAsync(alice, "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        var position = store.PositionOf("room");
        using var data = new UnreadableMemory();
        var broken = RoomEvent.Packet(300, 0, 0, data.Memory) with { Offset = position.Offset + 1, Check = 5 };
        Assert.Throws<InvalidOperationException>(() => store.Deliver("room", broken));
        // The replica has the event already, as with a store.
        var behind = position with { Offset = position.Offset + 1, Check = 5 };
        Assert.Equal(behind, store.PositionOf("room"));
        store.Reset("room", new RoomSnapshot(behind, store.MembersOf("room"), [], []));

        var seen = await alice.FenceAsync();
        Assert.Equal(behind, SnapshotReceived.TakeFrom(seen).Position);
        Assert.Equal((WebSocketCloseStatus)1013, await bob.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_metrics_listener_that_throws_prevents_no_delivery()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        // Of this server alone: other servers run in this process.
        var meters = server.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "tpacket.server.deliveries")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        var (throws, thrown) = (false, 0);
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            if (!Volatile.Read(ref throws))
                return;
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("The listener is broken.");
        });
        await using var alice = await server.SignInAsync("alice");
        await FollowAsync(alice, "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        listener.Start();
        Volatile.Write(ref throws, true);
        await bob.SendAsync(Wire.SetUserNick, "bobby");
        var seen = await bob.FenceAsync();
        Volatile.Write(ref throws, false);

        Assert.NotEqual(0, Volatile.Read(ref thrown));
        Assert.Equal([(Wire.DelUser, "bob"), (Wire.NewUser, "bobby")], seen.Take(2).Select(static p => (p.Command, p.Text)));
        Assert.Equal(
            [new Packet(-1, Wire.DelUser, "bob", bob.Id), new Packet(-1, Wire.NewUser, "bobby", bob.Id)], LogEvent.Of((await alice.FenceAsync())[0]).Packets);
    }

    [Fact]
    public async Task A_follower_that_is_removed_receives_its_own_leave_as_an_event()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var entered = await FollowAsync(alice, "room");
        var room = server.Rooms.Find("room")!;
        Assert.True((await room.RemoveAsync(Assert.Single(room.Members))).IsAppended);
        var left = LogEvent.Of(Assert.Single(await alice.FenceAsync()));
        Assert.Equal(entered.Position.Offset + 1, left.Offset);
        Assert.Equal([new Packet(-1, Wire.DelUser, "alice", alice.Id)], left.Packets);
    }

    [Fact]
    public async Task Followers_with_compression_receive_the_same()
    {
        await using var server = await StartAsync(o => o.Compression = true);
        using var alice = await server.ConnectRawAsync();
        await alice.SendAsync(RawClient.UpgradeRequest(extraHeaders: "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
        Assert.Contains("permessage-deflate", await alice.ReadHeadAsync(), StringComparison.Ordinal);
        await alice.SendAsync(
            [
                .. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(2, Wire.SetUserNick, "alice")),
                .. ClientFrame.Binary(new Packet(3, Wire.AcceptCommands, "", Wire.Event, Wire.Event)), .. ClientFrame.Binary(new Packet(4, Wire.SetRoom, "room")),
            ]);
        while ((await alice.ReadFrameAsync()).Packet is not { Command: Wire.Snapshot, P1: 0 })
        {
        }

        await using var bob = await TestClient.ConnectAsync(server.Uri, compression: true);
        await bob.SignInAsync("bob");
        await bob.JoinAsync("room");
        Assert.Equal([new Packet(-1, Wire.NewUser, "bob", bob.Id)], LogEvent.Of((await alice.ReadFrameAsync()).Packet).Packets);
        var text = new string('z', 250);
        await bob.SendAsync(Wire.NewMsg, text);
        Assert.Equal([new Packet(-1, Wire.NewMsg, text, bob.Id)], await bob.FenceAsync());
        var frame = await alice.ReadFrameAsync();
        Assert.True(frame.IsCompressed);
        Assert.InRange(frame.Payload.Length, 1, 100);
        Assert.Equal([new Packet(-1, Wire.NewMsg, text, bob.Id)], LogEvent.Of(frame.Packet).Packets);
    }

    internal static async Task AcceptAsync(TestClient client, int command) =>
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.AcceptCommands, "", command, command)).Command);

    /// <summary>Enters a room as a follower.</summary>
    internal static async Task<SnapshotReceived> FollowAsync(TestClient client, string room, bool accept = true)
    {
        if (accept)
            await AcceptAsync(client, Wire.Event);
        var welcome = await client.JoinAsync(room);
        var snapshot = SnapshotReceived.TakeFrom(welcome);
        Assert.Empty(welcome);
        return snapshot;
    }

    private static string Hex(ulong littleEndian) => Hex(BitConverter.GetBytes(littleEndian));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) =>
        TestServer.StartAsync(
            o =>
            {
                (o.PacketsPerSecond, o.PingAfterIdle) = (0, TimeSpan.FromDays(700));
                options?.Invoke(o);
            },
            build,
            _time);
}
