using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

/// <summary>The ends of connections after which a client reconnects, and those after which it is closed.</summary>
public class GivingUpTests
{
    // Never sent. In these tests it means a close frame without a code.
    private const int NoCode = 1005;

    [Fact]
    public async Task A_client_tries_again_while_its_nick_is_still_taken()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        session.Cut();
        session = await server.AcceptAsync();
        await session.ReadAsync((int)PacketCommand.Nop, "magic string :)");
        await session.RefuseAsync(await session.ReadAsync((int)PacketCommand.SetUserNick, "alice"), PacketErrorCode.NickTaken);
        await session.ReceiveCloseAsync();
        await (await server.SignInAsync()).LetInAsync();

        await recorder.RecordsAsync("Ready lobby");
        Assert.Equal(["Reconnecting 1 Lost", "Connecting", "SigningIn", "Reconnecting 2 Refused"], recorder.Lines[..4]);
    }

    [Fact]
    public async Task A_client_does_not_reconnect_after_a_permanent_refusal()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var (recorder, events) = (new ClientRecorder(client), client.ReadEventsAsync());

        session.Cut();
        session = await server.SignInAsync();
        await session.RefuseAsync(await session.ReadAsync((int)PacketCommand.SetRoom, "lobby"), PacketErrorCode.Refused, "You are banned.");
        await session.ReadAsync((int)PacketCommand.AcceptCommands);
        await session.ReceiveCloseAsync();

        await recorder.RecordsAsync("Closed Refused");
        Assert.Equal(PacketErrorCode.Refused, client.State.Cause!.ErrorCode);
        var error = await Assert.ThrowsAsync<RequestRefusedException>(async () =>
        {
            await foreach (var _ in events)
            {
            }
        });
        Assert.Equal("You are banned.", error.Text);
        Assert.Empty(client.Roster.Users);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, true)]
    [InlineData(1002, false)]
    [InlineData(1003, false)]
    [InlineData(NoCode, true)]
    [InlineData(1007, false)]
    [InlineData(1008, false)]
    [InlineData(1009, false)]
    [InlineData(1011, true)]
    [InlineData(1012, true)]
    [InlineData(1013, true)]
    public async Task A_client_does_not_reconnect_after_a_close_code_that_rejects_it(int status, bool returns)
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        await (status == NoCode ? session.CloseWithoutCodeAsync() : session.CloseAsync(status, "because"));

        await recorder.RecordsAsync(returns ? "Reconnecting 1 ClosedByServer" : "Closed ClosedByServer");
        if (!returns)
        {
            Assert.Equal(((CloseStatus)status, true), (client.State.Cause!.CloseStatus!.Value, client.State.Cause.Message.Contains("because", StringComparison.Ordinal)));
            return;
        }

        await (await server.SignInAsync()).LetInAsync();
        await recorder.RecordsAsync("Ready lobby");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_reconnects_after_the_end_of_a_connection_without_a_close_frame(bool isReset)
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        if (isReset)
            session.Cut();
        else
            session.End();

        await recorder.RecordsAsync("Reconnecting 1 Lost");
        await (await server.SignInAsync()).LetInAsync();
        await recorder.RecordsAsync("Ready lobby");
    }

    [Fact]
    public async Task A_client_that_the_host_disconnects_does_not_reconnect()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var recorder = new ClientRecorder(client);

        server.User("alice").Disconnect("no such behaviour here");

        await recorder.RecordsAsync("Closed ClosedByServer");
        Assert.Equal(CloseStatus.PolicyViolation, client.State.Cause!.CloseStatus);
    }

    [Theory]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    public async Task A_client_does_not_reconnect_after_a_permanent_rejection_of_the_upgrade(int status, bool again)
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        session.Cut();
        await server.AcceptAsync($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");

        await recorder.RecordsAsync(again ? "Reconnecting 2 Unreachable" : "Closed Unreachable");
        if (!again)
        {
            Assert.Equal(status, client.State.Cause!.HttpStatus);
            return;
        }

        await (await server.SignInAsync()).LetInAsync();
        await recorder.RecordsAsync("Ready lobby");
    }

    [Fact]
    public async Task The_number_of_attempts_is_bounded_and_the_last_error_is_the_cause()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options => options.Reconnect = options.Reconnect with { MaxAttempts = 2 });
        var recorder = new ClientRecorder(client);

        session.Cut();
        (await server.AcceptAsync()).Cut();
        await server.AcceptAsync("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");

        await recorder.RecordsAsync("Closed Unreachable");
        Assert.Equal(2, recorder.Lines.Count(line => line == "Connecting"));
        Assert.Equal(503, client.State.Cause!.HttpStatus);
    }

    [Fact]
    public async Task CloseAsync_stops_reconnecting()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Reconnect = ReconnectOptions.Default;
        });
        var (recorder, events) = (new ClientRecorder(client), client.ReadEventsAsync());
        session.Cut();
        await recorder.RecordsAsync("Reconnecting 1 Lost");

        await client.CloseAsync();

        Assert.Equal(new ClientState(ClientPhase.Closed), client.State);
        Assert.Equal(["Reconnecting 1 Lost", "Closed", "removed alice"], recorder.Lines);
        await foreach (var roomEvent in events)
            Assert.Fail($"{roomEvent}");
    }
}
