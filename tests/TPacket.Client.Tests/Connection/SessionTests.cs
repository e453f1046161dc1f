using System.Buffers.Binary;
using System.Net.WebSockets;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests.Connection;

/// <summary>A client begins a session, keeps it or ends it (docs/protocol.md, Sessions).</summary>
public class SessionTests
{
    [Fact]
    public async Task A_client_requests_a_session_after_its_accepted_commands()
    {
        await using var server = new FakeServer();
        _ = server.Client(options => options.SessionGrace = TimeSpan.FromMinutes(1)).ConnectAsync("alice", "lobby");
        var session = await server.AcceptAsync();
        await session.ReadAsync((int)PacketCommand.Nop, "magic string :)");
        await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetUserNick, "alice"));

        Assert.Equal("456A3840 02100000 18000000 0A000000 11000000 12000000", Hex(await session.ReceiveAsync())); // ACCEPT_COMMANDS 17 to 18
        Assert.Equal("456A3840 03100000 18000000 0A000000 0E000000 10000000", Hex(await session.ReceiveAsync())); // ACCEPT_COMMANDS 14 to 16
        var asked = await session.ReceiveAsync();
        Assert.Equal("456A3840 04100000 38000000 0C000000 60EA0000 00000000", Hex(asked[..24])); // SESSION, 60,000 ms
        Assert.Equal(32, asked.Length - 24);
        await session.ReadAsync((int)PacketCommand.SetRoom, "lobby");
    }

    [Fact]
    public async Task A_client_that_does_not_follow_accepts_only_presence_and_MOVE_ON()
    {
        await using var server = new FakeServer();
        _ = server.Client(options => options.FollowLog = false).ConnectAsync("alice");
        var session = await server.AcceptAsync();
        await session.ReadAsync((int)PacketCommand.Nop, "magic string :)");
        await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetUserNick, "alice"));

        Assert.Equal("456A3840 02100000 18000000 0A000000 12000000 12000000", Hex(await session.ReceiveAsync()));
        Assert.Equal("456A3840 03100000 18000000 0A000000 10000000 10000000", Hex(await session.ReceiveAsync()));
        Assert.Equal((int)PacketCommand.Session, FakeSession.Header(await session.ReceiveAsync()).Command);
    }

    [Fact]
    public async Task Each_session_has_its_own_token()
    {
        await using var server = Server();
        await server.FollowAsync();
        var first = server.Session;
        await server.FollowAsync();

        Assert.NotEqual(first[24..], server.Session[24..]);
    }

    [Fact]
    public async Task A_client_works_without_a_session_if_the_server_refuses_sessions()
    {
        await using var server = new FakeServer { Follows = true };
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        session.Cut();
        await (await server.SignInAsync()).LetFollowAsync();

        await recorder.RecordsAsync("Ready lobby");
    }

    [Fact]
    public async Task A_client_works_without_a_session_if_the_server_accepts_all_commands_and_ignores_sessions()
    {
        await using var server = new FakeServer { Follows = true, AsksForSessions = false };
        var client = server.Client();
        var connecting = client.ConnectAsync("alice");
        var session = await server.SignInAsync();
        await session.OkAsync(FakeSession.Header(await session.ReceiveAsync()));
        await connecting;
        var recorder = new ClientRecorder(client);

        // This message is handled after the answer to SESSION.
        await session.SendAsync((int)PacketCommand.LoggedMsg, text: "done");
        await recorder.RecordsAsync("announced done");
        session.Cut();
        await server.SignInAsync();
    }

    [Fact]
    public async Task After_4001_the_client_does_not_reconnect_and_discards_the_session()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        await session.CloseAsync(4001, "elsewhere");

        await recorder.RecordsAsync("Closed ClosedByServer");
        Assert.Equal((4001, false), ((int)client.State.Cause!.CloseStatus!, client.State.Cause.IsTransient));
        var connecting = client.ConnectAsync("alice", "lobby");
        await (await server.SignInAsync()).LetFollowAsync();
        await connecting;
    }

    [Fact]
    public async Task Closing_ends_the_session_with_1000()
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync();

        var closing = client.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await session.ReceiveCloseAsync());
        await closing;
        var connecting = client.ConnectAsync("alice", "lobby");
        await (await server.SignInAsync()).LetFollowAsync();
        await connecting;
    }

    [Fact]
    public async Task A_temporarily_refused_nick_does_not_end_the_session_with_1000()
    {
        await using var server = new FakeServer();
        var (_, session) = await server.EnterAsync();

        session.Cut();
        session = await server.AcceptAsync();
        await session.ReadAsync((int)PacketCommand.Nop, "magic string :)");
        await session.RefuseAsync(await session.ReadAsync((int)PacketCommand.SetUserNick, "alice"), PacketErrorCode.NickTaken);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await session.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("bob", false)]
    public async Task A_client_that_was_closed_without_a_connection_resumes_the_session_of_its_nick(string nick, bool resumes)
    {
        await using var server = Server();
        var (client, session) = await server.FollowAsync(options => options.Reconnect = ReconnectOptions.Never);
        var recorder = new ClientRecorder(client);
        session.Cut();
        await recorder.RecordsAsync("Closed Lost");

        var connecting = client.ConnectAsync(nick, "cellar");
        if (resumes)
        {
            session = await server.AcceptAsync();
            var resume = await session.ReadResumeAsync();
            Assert.Equal(server.Session[24..], Token(resume));
            Assert.Equal(-1, BinaryPrimitives.ReadInt64LittleEndian(resume.AsSpan(32)));
            await session.ResumeAsync(resume, 1);
            await session.BeginSnapshotAsync(9);
            await session.UserComesAsync(0x1000, "alice");
            await session.EndSnapshotAsync();
            await session.PassFenceAsync();
        }
        else
        {
            session = await server.SignInAsync(nick);
        }

        // The client is still in the lobby, and requests another room.
        await session.LetFollowAsync("cellar", nick);
        await connecting;

        Assert.Equal("cellar", client.State.Room);
        Assert.Equal(resumes ? SessionContinuity.Rejoined : SessionContinuity.SignedIn, client.State.Continuity);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2_147_483_648)]
    public void A_grace_that_a_packet_cannot_carry_is_refused(long milliseconds) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new TPacketClient(new Uri("ws://localhost/"), new TPacketClientOptions { SessionGrace = TimeSpan.FromMilliseconds(milliseconds) }));

    private static FakeServer Server() => new() { Follows = true, HasSessions = true };

    private static byte[] Token(byte[] resume) => resume[48..80];

    private static string Hex(byte[] bytes) => string.Join(' ', bytes.Chunk(4).Select(Convert.ToHexString));
}
