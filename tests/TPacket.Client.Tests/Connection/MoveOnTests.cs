using System.Text;
using TPacket.Client.Connection;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

/// <summary>The server names the delay and the address of the next connection (docs/protocol.md, Sessions).</summary>
public class MoveOnTests
{
    [Fact]
    public async Task A_client_reconnects_after_the_delay_of_the_server()
    {
        var time = new WatchedTime();
        await using var server = Server();
        var (client, session) = await server.FollowAsync(options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var recorder = new ClientRecorder(client);

        // MOVE_ON, 2,500 ms.
        await session.SendAsync([0x45, 0x6A, 0x38, 0x40, 0xFF, 0xFF, 0xFF, 0xFF, 0x18, 0, 0, 0, 0x12, 0, 0, 0, 0xC4, 0x09, 0, 0, 0, 0, 0, 0]);
        await session.SaysAtAsync(10, 0x1000, "still here");
        await recorder.RecordsAsync("alice: still here");
        time.Advance(TimeSpan.FromSeconds(10));
        await session.CloseAsync(1001);
        await recorder.RecordsAsync("Reconnecting 1 ClosedByServer");
        Assert.Equal(TimeSpan.FromMilliseconds(2500), client.State.Delay);
        time.Advance(TimeSpan.FromMilliseconds(2500));
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.PassFenceAsync();

        await recorder.RecordsAsync("Ready lobby Resumed");
        Assert.Equal(["alice: still here", "Reconnecting 1 ClosedByServer", "Connecting", "SigningIn", "Ready lobby Resumed"], recorder.Lines);
    }

    [Fact]
    public async Task A_client_reconnects_to_the_named_address_and_to_its_own_if_the_named_address_cannot_be_reached()
    {
        await using var server = Server();
        await using var other = Server();
        var (client, session) = await server.FollowAsync();
        var recorder = new ClientRecorder(client);

        await session.SendAsync((int)PacketCommand.MoveOn, 1, other.Uri.ToString());
        await session.CloseAsync(1001);
        session = await other.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.PassFenceAsync();
        await recorder.RecordsAsync("Ready lobby Resumed");

        // The client stays at the named server until that server refuses it.
        session.Cut();
        session = await other.AcceptAsync("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        session.Cut();
        session = await server.AcceptAsync();
        await session.ResumeAsync(await session.ReadResumeAsync(), 0);
        await session.PassFenceAsync();
        await recorder.RecordsAsync("Ready lobby Resumed", times: 2);
    }

    [Fact]
    public async Task A_client_without_sessions_receives_MOVE_ON_as_a_packet()
    {
        await using var server = new FakeServer { Follows = true, AsksForSessions = false };
        var (client, session) = await server.FollowAsync(options => options.KeepSession = false);
        var recorder = new ClientRecorder(client);

        await session.SendAsync((int)PacketCommand.MoveOn, 9);

        await recorder.RecordsAsync("packet 18 9 0 ");
    }

    [Theory]
    [InlineData("", "ws://here/", null, false)]
    [InlineData("ws://there:1/chat", "ws://here/", "ws://there:1/chat", false)]
    [InlineData("wss://there/", "ws://here/", "wss://there/", false)]
    [InlineData("wss://there/", "wss://here/", "wss://there/", false)]
    [InlineData("ws://there/", "wss://here/", null, true)]
    [InlineData("http://there/", "ws://here/", null, true)]
    [InlineData("file:///etc/passwd", "ws://here/", null, true)]
    [InlineData("/chat", "ws://here/", null, true)]
    [InlineData("ws:", "ws://here/", null, true)]
    public void Only_an_address_of_a_WebSocket_that_is_not_less_secure_is_accepted(string named, string current, string? expected, bool isRefused)
    {
        var moveOn = MoveOn.Read(new Packet((int)PacketCommand.MoveOn, 5, data: Encoding.UTF8.GetBytes(named)), new Uri(current), out var refused);

        Assert.Equal((TimeSpan.FromMilliseconds(5), expected, isRefused), (moveOn.Delay, moveOn.Address?.ToString(), refused));
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(300_000, 300_000)]
    [InlineData(int.MaxValue, 300_000)]
    public void The_delay_of_the_server_is_bounded(int asked, int expected)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(expected), MoveOn.Read(new Packet((int)PacketCommand.MoveOn, asked), new Uri("ws://here/"), out _).Delay);
        Assert.Equal(TimeSpan.FromMilliseconds(expected), MoveOn.After(new Packet((int)PacketCommand.RespError, (int)PacketErrorCode.TryLater, asked))?.Delay);
        Assert.Null(MoveOn.After(new Packet((int)PacketCommand.RespError, (int)PacketErrorCode.RateLimited, asked)));
    }

    [Theory]
    [InlineData(0, 15_000, 20, 1, 20)] // The first attempt behind a stable connection.
    [InlineData(3, 1, 20, 4, 4000)] // A server that sends its clients on again and again.
    [InlineData(3, 1, 9000, 4, 9000)]
    [InlineData(0, -1, 800, 1, 800)] // A first attempt.
    public void The_servers_delay_replaces_the_clients_delay(int attempt, int ready, int wanted, int next, int delay) => Assert.Equal(
        new Reconnection(next, TimeSpan.FromMilliseconds(delay)),
        Reconnection.After(
            new DisconnectCause(DisconnectKind.Lost, ""), attempt, ready < 0 ? null : TimeSpan.FromMilliseconds(ready), ReconnectOptions.Default, chance: 0, TimeSpan.FromMilliseconds(wanted)));

    private static FakeServer Server() => new() { Follows = true, HasSessions = true };
}
