using System.Buffers.Binary;
using System.Net.WebSockets;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

/// <summary>A client that reconnects resumes its session (docs/protocol.md, Sessions).</summary>
public class SessionResumeTests
{
    [Fact]
    public async Task A_resumed_client_receives_the_missed_events_and_keeps_its_roster_and_history()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        await session.SaysAtAsync(0x1_0000_000C, 0x1000, "last");
        await recorder.RecordsAsync("alice: last");
        var self = client.Roster.Self;
        var users = client.Roster.Users;

        session.Cut();
        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        // RESUME, 112 bytes, grace 0; epoch 7, offset 4294967308, the check of that event; then the two tokens.
        Assert.Equal("456A3840", Hex(resume[..4]));
        Assert.Equal("70000000 0D000000 00000000 00000000", Hex(resume[8..24]));
        Assert.Equal("07000000 00000000 0C000000 01000000 00000000 00000000", Hex(resume[24..48]));
        Assert.Equal(server.Session[24..], Token(resume));
        Assert.NotEqual(Token(resume), Next(resume));
        Assert.Equal(32, Next(resume).Length);
        await session.ResumeAsync(resume, 0);
        await session.EventAsync(0x1_0000_000D, FakeSession.Packet(PacketCommand.NewUser, 0x1001, "bob"));
        await session.SaysAtAsync(0x1_0000_000E, 0x1001, "missed");
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Resumed");
        Assert.Equal(["alice: last", "Reconnecting 1 Lost", "Connecting", "SigningIn", "added bob", "joined bob", "bob: missed", "Ready lobby Resumed"], recorder.Lines);
        Assert.Equal([.. users, new RoomUser(0x1001, "bob")], client.Roster.Users);
        Assert.Same(self, client.Roster.Self);
        Assert.Equal(SessionContinuity.Resumed, client.State.Continuity);
    }

    [Fact]
    public async Task After_an_answer_the_next_token_is_current_and_each_RESUME_has_another_next_token()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        session.Cut();
        session = await server.AcceptAsync();
        var first = await session.ReadResumeAsync();
        await session.ResumeAsync(first, 0);
        await session.PassFenceAsync();
        await recorder.RecordsAsync("Ready lobby Resumed");

        session.Cut();
        session = await server.AcceptAsync();
        var second = await session.ReadResumeAsync();

        Assert.Equal(Next(first), Token(second));
        Assert.NotEqual(Token(first), Next(second));
        Assert.NotEqual(Token(second), Next(second));
    }

    [Fact]
    public async Task A_RESUME_without_an_answer_is_repeated_with_the_same_token()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        session.Cut();
        session = await server.AcceptAsync();
        var first = await session.ReadResumeAsync();
        session.Cut();

        session = await server.AcceptAsync();
        var second = await session.ReadResumeAsync();
        Assert.Equal(server.Session[24..], Token(first));
        Assert.Equal(first[24..], second[24..]);
        await session.ResumeAsync(second, 0);
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Resumed");
    }

    [Fact]
    public async Task A_lost_answer_to_SESSION_does_not_prevent_the_next_connect_from_resuming()
    {
        await using var server = new FakeServer { Follows = true, AsksForSessions = false };
        var client = server.Client();
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        var asked = await session.ReceiveAsync();
        session.Cut();
        await Assert.ThrowsAsync<TPacketClientException>(() => connecting);

        // The server has handled all packets, and the user is in the room.
        connecting = client.ConnectAsync("alice", "lobby");
        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        Assert.Equal(asked[24..], Token(resume));
        Assert.Equal("00000000 00000000 FFFFFFFF FFFFFFFF 00000000 00000000", Hex(resume[24..48]));
        await session.ResumeAsync(resume, 1);
        await session.BeginSnapshotAsync(9);
        await session.UserComesAsync(0x1000, "alice");
        await session.EndSnapshotAsync();
        await session.PassFenceAsync();
        await connecting;

        Assert.Equal("Ready lobby Rejoined", ClientRecorder.Describe(client.State));
        // The server has accepted RECEIPT, although its answer was lost.
        var sending = client.SendAsync("hello");
        await session.ReceiptAsync(await session.ReadAsync((int)PacketCommand.NewMsg, "hello"), 10);
        Assert.Equal(10, (await sending).Offset);
    }

    [Fact]
    public async Task A_snapshot_replaces_the_known_state_of_the_room()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        session.Cut();
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 1);
        await session.BeginSnapshotAsync(2000, epoch: 8);
        // The nick was changed, and the answer was lost: the client finds itself by its id.
        await session.UserComesAsync(0x1000, "alicia");
        await session.UserComesAsync(0x1001, "bob");
        await session.SendAsync(FakeSession.Packet(PacketCommand.Presence, 0x1001, "", p2: 1));
        await session.EventAsync(1999, FakeSession.Packet(PacketCommand.LoggedMsg, 0x1001, "bob: hi", p2: 3));
        await session.EndSnapshotAsync();
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Rejoined");
        Assert.Equal(
            [
                "Reconnecting 1 Lost", "Connecting", "SigningIn", "Joining lobby", "removed alice", "added alicia", "added bob", "entered lobby again", "history bob: hi", "Ready lobby Rejoined",
            ],
            recorder.Lines);
        Assert.Equal("alicia", client.Roster.Self!.Nick);
        Assert.Equal(new RoomUser(0x1001, "bob") { IsAway = true }, client.Roster.Find(0x1001));
    }

    [Fact]
    public async Task A_resumed_client_that_does_not_follow_receives_the_roster_and_the_history()
    {
        await using var server = new FakeServer { Follows = true, HasSessions = true };
        var client = server.Client(options => options.FollowLog = false);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        await session.LetInAsync();
        await connecting;
        var recorder = new ClientRecorder(client);

        session.Cut();
        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        Assert.Equal(-1, BinaryPrimitives.ReadInt64LittleEndian(resume.AsSpan(32)));
        await session.ResumeAsync(resume, 1);
        await session.UserComesAsync(0x1000, "alice");
        await session.UserComesAsync(0x1001, "bob");
        await session.LoggedAsync("bob: hi");
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Rejoined");
        Assert.Equal(["Reconnecting 1 Lost", "Connecting", "SigningIn", "Joining lobby", "added bob", "entered lobby again", "history bob: hi", "Ready lobby Rejoined"], recorder.Lines);
    }

    [Fact]
    public async Task A_user_in_no_room_resumes_without_one()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        // The host has removed the user from the room.
        session.Cut();
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 2);
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready - Resumed");
        Assert.Null(client.State.Room);
        Assert.Empty(client.Roster.Users);
    }

    [Fact]
    public async Task A_RESUME_is_followed_by_entering_the_room_that_the_user_has_not_entered_yet()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        session.Cut();
        session = await server.AcceptAsync();
        await session.RefuseAsync(FakeSession.Header(await session.ReadResumeAsync()), PacketErrorCode.SessionUnknown);
        await session.PassLevel2FenceAsync();
        await server.LetSignInAsync(session);
        session.Cut();

        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        Assert.Equal(server.Session[24..], Token(resume));
        await session.ResumeAsync(resume, 2);
        await session.PassFenceAsync();
        await session.LetFollowAsync();

        await recorder.RecordsAsync("Ready lobby Resumed");
    }

    [Theory]
    [InlineData(PacketErrorCode.SessionUnknown)]
    [InlineData(PacketErrorCode.NickRequired)]
    public async Task A_client_signs_in_on_the_same_connection_if_the_server_does_not_know_the_session(PacketErrorCode code)
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var before = server.Session;

        session.Cut();
        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        await session.RefuseAsync(FakeSession.Header(resume), code);
        await session.PassLevel2FenceAsync();
        await server.LetSignInAsync(session);
        await session.LetFollowAsync();

        await recorder.RecordsAsync("Ready lobby");
        Assert.Equal(SessionContinuity.SignedIn, client.State.Continuity);
        Assert.DoesNotContain(server.Session[24..], new[] { before[24..], Token(resume), Next(resume) });
        Assert.Equal(["Reconnecting 1 Lost", "Connecting", "SigningIn", "Joining lobby", "entered lobby again", "Ready lobby"], recorder.Lines);
    }

    [Fact]
    public async Task A_client_repeats_RESUME_after_the_delay_of_a_busy_server()
    {
        var time = new WatchedTime();
        await using var server = Server();
        var (client, session) = await server.FollowAsync(options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var recorder = new ClientRecorder(client);
        session.Cut();
        await recorder.RecordsAsync("Reconnecting 1 Lost");
        time.Advance(client.State.Delay);

        session = await server.AcceptAsync();
        var first = await session.ReadResumeAsync();
        await session.RefuseAsync(FakeSession.Header(first), PacketErrorCode.TryLater, p2: 7000);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await session.ReceiveCloseAsync()); // 1001 keeps the session.
        await recorder.RecordsAsync("Reconnecting 2 Refused");
        Assert.Equal(TimeSpan.FromSeconds(7), client.State.Delay);
        time.Advance(TimeSpan.FromSeconds(7));
        session = await server.AcceptAsync();
        var second = await session.ReadResumeAsync();
        Assert.Equal(Token(first), Token(second));
        await session.ResumeAsync(second, 0);
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Resumed");
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(0)]
    public async Task A_client_resumes_after_every_other_end_of_a_connection(int status)
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        await (status == 0 ? session.CloseWithoutCodeAsync() : session.CloseAsync(status));
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Resumed");
    }

    [Fact]
    public async Task An_incomplete_snapshot_is_ignored()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        session.Cut();
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 1);
        await session.BeginSnapshotAsync(20);
        await session.UserComesAsync(0x1000, "alice");
        await session.EventAsync(19, FakeSession.Packet(PacketCommand.LoggedMsg, 0, "half"));
        await recorder.RecordsAsync("history half");
        session.Cut();

        session = await server.AcceptAsync();
        Assert.Equal(-1, BinaryPrimitives.ReadInt64LittleEndian((await session.ReadResumeAsync()).AsSpan(32)));
    }

    [Fact]
    public async Task An_incomplete_replay_is_continued()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        session.Cut();
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.SaysAtAsync(10, 0x1000, "one");
        await recorder.RecordsAsync("alice: one");
        session.Cut();

        session = await server.AcceptAsync();
        var resume = await session.ReadResumeAsync();
        Assert.Equal(10, BinaryPrimitives.ReadInt64LittleEndian(resume.AsSpan(32)));
        await session.ResumeAsync(resume, 0);
        await session.SaysAtAsync(11, 0x1000, "two");
        await session.PassFenceAsync();
        await recorder.RecordsAsync("Ready lobby Resumed");
        Assert.Equal(["alice: one", "alice: two"], recorder.Lines.Where(line => line.StartsWith("alice", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_snapshot_names_the_room_after_a_room_change_without_an_answer()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);
        var joining = client.JoinAsync("cellar");
        await session.ReadAsync((int)PacketCommand.SetRoom, "cellar");
        session.Cut();
        await Assert.ThrowsAsync<RequestLostException>(() => joining);

        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 1);
        await session.BeginSnapshotAsync(3, "cellar", epoch: 9);
        await session.UserComesAsync(0x1000, "alice");
        await session.EndSnapshotAsync();
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready cellar Rejoined");
        Assert.Contains("entered cellar", recorder.Lines);
    }

    private static FakeServer Server() => new() { Follows = true, HasSessions = true };

    private static byte[] Token(byte[] resume) => resume[48..80];

    private static byte[] Next(byte[] resume) => resume[80..];

    private static string Hex(byte[] bytes) => string.Join(' ', bytes.Chunk(4).Select(Convert.ToHexString));
}
