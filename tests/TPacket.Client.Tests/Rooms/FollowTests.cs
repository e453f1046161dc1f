using TPacket.Client.Connection;
using TPacket.Client.Rooms;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using WebSocketCloseStatus = System.Net.WebSockets.WebSocketCloseStatus;

namespace TPacket.Client.Tests.Rooms;

/// <summary>Clients that follow the log of their room (docs/protocol.md, Following).</summary>
public class FollowTests
{
    // Event 4294967298 at 2026-11-29T12:00:00.250Z: the message "hello" of user 0x1000.
    private const string Event =
        "456A3840 FFFFFFFF 45000000 0E000000 02000000 01000000" + // EVENT, 69 bytes, offset 2 + 1 * 2^32
        "FA262D27A2010000 8877665544332211" + // time and check
        "456A3840 FFFFFFFF 1D000000 07000000 00100000 00000000 68656C6C6F"; // NEW_MSG

    // A snapshot of the room "lobby" at offset 4294967297.
    private const string Snapshot = "456A3840 FFFFFFFF 35000000 0F000000 01000000 00000000" + "EFCDAB8967452301 0100000001000000 0807060504030201" + "6C6F626279";

    private const string SnapshotEnd = "456A3840 FFFFFFFF 18000000 0F000000 00000000 00000000";

    [Fact]
    public async Task A_client_without_sessions_accepts_receipts_and_events_before_it_enters_a_room()
    {
        await using var server = new FakeServer { Follows = true };
        _ = server.Client(options => options.KeepSession = false).ConnectAsync("alice", "lobby");
        var session = await server.AcceptAsync();
        await session.ReadAsync((int)PacketCommand.Nop, "magic string :)");
        await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetUserNick, "alice"));

        Assert.Equal("456A3840 02100000 18000000 0A000000 11000000 11000000".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(await session.ReceiveAsync()));
        Assert.Equal("456A3840 03100000 18000000 0A000000 0E000000 0F000000".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(await session.ReceiveAsync()));
        await session.ReadAsync((int)PacketCommand.SetRoom, "lobby");
    }

    [Fact]
    public async Task A_snapshot_and_an_event_are_read_from_their_bytes()
    {
        await using var server = new FakeServer { Follows = true };
        var client = server.Client();
        var recorder = new ClientRecorder(client);
        var events = client.ReadEventsAsync();
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetRoom, "lobby"));
        await session.SendAsync(Bytes(Snapshot));
        await session.UserComesAsync(0x1000, "alice");
        await session.SendAsync(Bytes(SnapshotEnd));
        await session.SendAsync(Bytes(Event));
        await session.PassFenceAsync();
        await connecting;

        await recorder.RecordsAsync("alice: hello");
        await foreach (var message in events.OfType<RoomMessage>())
        {
            Assert.Equal(
                new RoomMessage(new RoomUser(0x1000, "alice"), "hello", IsHistory: false)
                {
                    Offset = 4294967298,
                    Time = new DateTimeOffset(2026, 11, 29, 12, 0, 0, 250, TimeSpan.Zero),
                },
                message);
            break;
        }
    }

    [Fact]
    public async Task Messages_of_the_history_have_their_own_senders_times_and_offsets()
    {
        await using var server = new FakeServer { Follows = true };
        var client = server.Client();
        var recorder = new ClientRecorder(client);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetRoom, "lobby"));
        await session.BeginSnapshotAsync(9);
        await session.UserComesAsync(0x1001, "alice");
        await session.UserComesAsync(0x1000, "b: ob");
        await session.EventAsync(3, FakeSession.Packet(PacketCommand.LoggedMsg, 0x1000, "b: ob: one: two", p2: 5));
        await session.EventAsync(5, FakeSession.Packet(PacketCommand.LoggedMsg, 0, "The round is over."));
        await session.EventAsync(9, FakeSession.Packet(PacketCommand.LoggedMsg, 0x0fff, "grün: ✓", p2: 5));
        await session.EndSnapshotAsync();
        await session.PassFenceAsync();
        await connecting;
        await session.SaysAtAsync(10, 0x1000, "hi");

        await recorder.RecordsAsync("b: ob: hi");
        Assert.Equal(
            ["Connecting", "SigningIn", "Joining lobby", "added b: ob", "added alice", "entered lobby", "history b: ob: one: two", "history The round is over.", "history grün: ✓", "Ready lobby", "b: ob: hi"],
            recorder.Lines);
        Assert.Equal(["- - entered lobby", "3 3s history b: ob: one: two", "5 5s history The round is over.", "9 9s history grün: ✓", "10 10s b: ob: hi"], recorder.Places);
    }

    [Fact]
    public async Task Every_event_of_the_room_has_its_position_and_private_packets_have_none()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        await session.EventAsync(10, FakeSession.Packet(PacketCommand.NewUser, 0x1001, "bob"));
        await session.EventAsync(12, FakeSession.Packet(PacketCommand.DelUser, 0x1001, "bob"), FakeSession.Packet(PacketCommand.NewUser, 0x1001, "eve"));
        await session.EventAsync(512);
        await session.SendAsync(300, 7, "for alice alone");
        await session.EventAsync(513, FakeSession.Packet(300, 8, [], p2: -9));
        await session.SaysAtAsync(5_000_000_000, 0x1001, "far");
        await session.EventAsync(5_000_000_001, FakeSession.Packet(PacketCommand.LoggedMsg, 0, "Done."), FakeSession.Packet(PacketCommand.MemberCount, 70, ""));
        await session.EventAsync(5_000_000_002, FakeSession.Packet(PacketCommand.DelUser, 0x1001, "eve"));

        await recorder.RecordsAsync("left eve");
        Assert.Equal(
            [
                "10 10s joined bob", "12 12s left bob", "12 12s joined eve", "- - packet 300 7 0 for alice alone", "513 513s packet 300 8 -9 ", "5000000000 5000000000s eve: far",
                "5000000001 5000000001s announced Done.", "5000000002 5000000002s left eve",
            ],
            recorder.Places);
    }

    [Theory]
    [InlineData(0)] // Says nothing of it.
    [InlineData(-1)]
    [InlineData(4)] // In the middle of the nick.
    [InlineData(6)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task A_nick_length_out_of_range_leaves_the_text_unchanged(int length)
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        await session.EventAsync(10, FakeSession.Packet(PacketCommand.LoggedMsg, 0x1000, "grün: ✓", length));

        await recorder.RecordsAsync("announced grün: ✓");
    }

    [Fact]
    public async Task A_snapshot_in_an_entered_room_replaces_its_state()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        await session.EventAsync(10, FakeSession.Packet(PacketCommand.NewUser, 0x1001, "bob"));
        await session.SaysAtAsync(11, 0x1001, "before");
        await recorder.RecordsAsync("bob: before");

        // Another epoch, in which offsets start over.
        await session.BeginSnapshotAsync(2, epoch: 8);
        await session.UserComesAsync(0x1000, "alice");
        await session.UserComesAsync(0x1002, "carol");
        await session.EventAsync(1, FakeSession.Packet(PacketCommand.LoggedMsg, 0x1002, "carol: one", p2: 5));
        await session.EndSnapshotAsync();
        await session.SaysAtAsync(3, 0x1002, "two");

        await recorder.RecordsAsync("carol: two");
        Assert.Equal(["added bob", "joined bob", "bob: before", "removed bob", "added carol", "entered lobby again", "history carol: one", "carol: two"], recorder.Lines);
        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
        Assert.Equal("alice", client.Roster.Self!.Nick);
    }

    [Fact]
    public async Task A_snapshot_of_another_room_moves_the_client_and_its_later_reconnects()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        await session.BeginSnapshotAsync(4, "cellar", epoch: 9);
        await session.UserComesAsync(0x1000, "alice");
        await session.EndSnapshotAsync();
        await session.SaysAtAsync(5, 0x1000, "here");

        await recorder.RecordsAsync("alice: here");
        Assert.Equal(["Ready cellar", "entered cellar", "alice: here"], recorder.Lines);
        session.Cut();
        await (await server.SignInAsync()).LetFollowAsync("cellar");
        await recorder.RecordsAsync("entered cellar again");
    }

    [Fact]
    public async Task A_client_that_changes_rooms_follows_the_other_log_from_its_snapshot()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var joining = client.JoinAsync("cellar");
        var request = await session.ReadAsync((int)PacketCommand.SetRoom, "cellar");
        await session.SaysAtAsync(10, 0x1000, "still here");
        await session.OkAsync(request);
        await session.BeginSnapshotAsync(-1, "cellar");
        await session.UserComesAsync(0x1000, "alice");
        await session.EndSnapshotAsync();
        await session.SaysAtAsync(0, 0x1000, "there");
        await session.PassFenceAsync();
        await joining;

        Assert.Equal(["10 10s alice: still here", "- - entered cellar", "0 0s alice: there"], recorder.Places);
    }

    [Fact]
    public async Task A_server_without_events_delivers_packets_without_positions()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        await session.UserComesAsync(0x1001, "bob");
        await session.SaysAsync(0x1001, "hello");
        await session.LoggedAsync("bob: p1 and p2 mean nothing here");

        await recorder.RecordsAsync("announced bob: p1 and p2 mean nothing here");
        Assert.Equal(["- - joined bob", "- - bob: hello", "- - announced bob: p1 and p2 mean nothing here"], recorder.Places);
    }

    [Fact]
    public async Task A_client_with_FollowLog_disabled_accepts_no_events()
    {
        await using var server = new FakeServer { Follows = true, AsksForSessions = false };
        var client = server.Client(options => (options.FollowLog, options.KeepSession) = (false, false));
        var recorder = new ClientRecorder(client);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync(asksToFollow: false);
        await session.LetInAsync();
        await connecting;

        // The client has not accepted the command, so it raises PacketReceived.
        await session.SendAsync((int)PacketCommand.Event, 1, "x");
        await session.SendAsync((int)PacketCommand.Snapshot, 1, "y");
        await session.SendAsync((int)PacketCommand.Receipt, 1, "z");

        await recorder.RecordsAsync("packet 17 1 0 z");
        Assert.Equal(["packet 14 1 0 x", "packet 15 1 0 y", "packet 17 1 0 z"], recorder.Lines[^3..]);
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { "an EVENT without a check", Packet(14, 10, 0, "E803000000000000") },
        { "an EVENT with a negative offset", Packet(14, 10, -1, Head) },
        { "an EVENT of a time that no calendar has", Packet(14, 10, 0, "FFFFFFFFFFFFFF7F 0000000000000000") },
        { "an EVENT with a packet that is cut", Packet(14, 10, 0, Head + Hex(FakeSession.Packet(PacketCommand.NewMsg, 0x1000, "hello"))[..^2]) },
        { "an EVENT with less than a header", Packet(14, 10, 0, Head + "456A3840") },
        { "an EVENT with bytes behind its packet", Packet(14, 10, 0, Head + Hex(FakeSession.Packet(PacketCommand.NewMsg, 0x1000, "hello")) + "00") },
        { "an EVENT with another signature", Packet(14, 10, 0, Head + "456A3841 FFFFFFFF 18000000 07000000 00100000 00000000") },
        { "an EVENT with a packet of a negative size", Packet(14, 10, 0, Head + "456A3840 FFFFFFFF FFFFFFFF 07000000 00100000 00000000") },
        { "an EVENT in an EVENT", Packet(14, 10, 0, Head + Packet(14, 11, 0, Head)) },
        { "a SNAPSHOT in an EVENT", Packet(14, 10, 0, Head + Packet(15, 0, 0, "")) },
        { "a reply in an EVENT", Packet(14, 10, 0, Head + Packet(3, 0, 0, "")) },
        { "an EVENT of the same offset", Packet(14, 9, 0, Head) },
        { "an EVENT of an older offset", Packet(14, 8, 0, Head) },
        { "text in an EVENT that is no UTF-8", Packet(14, 10, 0, Head + Packet(7, 0x1000, 0, "C328")) },
        { "a SNAPSHOT that neither begins nor ends", Packet(15, 2, 0, Position + "6C") },
        { "a SNAPSHOT with half a position", Packet(15, 1, 0, Position[2..]) },
        { "a SNAPSHOT of an offset before -1", Packet(15, 1, 0, "0000000000000000 FEFFFFFFFFFFFFFF 0000000000000000") },
        { "a SNAPSHOT of a room that is no UTF-8", Packet(15, 1, 0, Position + "C328") },
        { "the end of a SNAPSHOT that has not begun", Packet(15, 0, 0, "") },
        { "a RECEIPT without a check", Packet(17, 10, 0, "E803000000000000") },
        { "a RECEIPT with more than a check", Packet(17, 10, 0, Head + "00") },
        { "a RECEIPT of a negative offset", Packet(17, 10, int.MinValue, Head) },
        { "history that is newer than its snapshot", Packet(15, 1, 0, Position + "6C") + "|" + Packet(14, 6, 0, Head) },
        { "history that goes back", Packet(15, 1, 0, Position + "6C") + "|" + Packet(14, 3, 0, Head) + "|" + Packet(14, 2, 0, Head) },
        { "history that is said twice", Packet(15, 1, 0, Position + "6C") + "|" + Packet(14, 3, 0, Head) + "|" + Packet(14, 3, 0, Head) },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_violation_of_the_protocol_ends_the_connection(string name, string packets)
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        foreach (var packet in packets.Split('|'))
            await session.SendAsync(Bytes(packet));

        var status = name.EndsWith("UTF-8", StringComparison.Ordinal) ? WebSocketCloseStatus.InvalidPayloadData : WebSocketCloseStatus.ProtocolError;
        Assert.Equal(status, await session.ReceiveCloseAsync());
        await recorder.RecordsAsync("Closed ProtocolViolation");
        Assert.DoesNotContain("alice: hello", recorder.Lines);
    }

    [Fact]
    public async Task An_event_before_any_snapshot_ends_the_connection()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        await session.SaysAtAsync(10, 0x1000, "hello");

        Assert.Equal(WebSocketCloseStatus.ProtocolError, await session.ReceiveCloseAsync());
        await recorder.RecordsAsync("Closed ProtocolViolation");
    }

    [Fact]
    public void The_position_is_the_position_of_the_last_event_and_survives_the_connection()
    {
        var view = new RoomView(10, follows: true, knowsPresence: true, new EventDispatcher(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)) { Nick = "alice" };
        view.Enter("lobby", isReentry: false);
        Assert.Null(view.Position);
        Receive(view, Bytes(Snapshot));
        Assert.Equal(new LogPosition(0x0123456789ABCDEF, 4294967297, 0x0102030405060708), view.Position);
        // Events of the history have lower offsets, and do not change the position.
        Receive(view, Bytes(Packet(14, 5, 0, Head)));
        Assert.Equal(4294967297, view.Position!.Value.Offset);
        Receive(view, Bytes(SnapshotEnd));
        Receive(view, Bytes(Event));
        var last = new LogPosition(0x0123456789ABCDEF, 4294967298, 0x1122334455667788);
        Assert.Equal(last, view.Position);
        // An event without packets changes the position too.
        Receive(view, Bytes(Packet(14, 500, 1, "0000000000000000 0900000000000000")));
        Assert.Equal(last with { Offset = 4294967796, Check = 9 }, view.Position);
        view.Interrupt();
        Assert.Equal(4294967796, view.Position!.Value.Offset);
        view.Enter("lobby", isReentry: true);
        Assert.Null(view.Position);
    }

    private const string Head = "E803000000000000 0000000000000000";

    private const string Position = "0000000000000000 0500000000000000 0000000000000000";

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Packet(int command, int p1, int p2, string data) => Hex(FakeSession.Packet(command, p1, Bytes(data), p2));

    private static void Receive(RoomView view, byte[] message)
    {
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(message, out var header, out var data));
        view.Receive(new Packet(header.Command, header.P1, header.P2, data.ToArray()) { Uid = header.Uid });
    }
}
