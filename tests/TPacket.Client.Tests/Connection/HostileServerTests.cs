using System.Net.WebSockets;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;

namespace TPacket.Client.Tests.Connection;

/// <summary>After a violation of the protocol, the client closes the connection with the reason, and does not reconnect.</summary>
public class HostileServerTests
{
    [Theory]
    [MemberData(nameof(Vectors.Refused), MemberType = typeof(Vectors))]
    public async Task A_message_that_is_not_a_packet_is_rejected(string name)
    {
        var message = Vectors.Hex(Vectors.Find("refused", name), "hex");

        await RefusesAsync(session => session.SendAsync(message));
    }

    [Fact]
    public Task A_text_message_is_refused() =>
        RefusesAsync(session => session.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text), WebSocketCloseStatus.InvalidMessageType);

    [Theory]
    [InlineData(PacketCommand.NewUser)]
    [InlineData(PacketCommand.NewMsg)]
    [InlineData(PacketCommand.LoggedMsg)]
    public Task Text_that_is_not_UTF8_is_rejected(PacketCommand command) =>
        RefusesAsync(session => session.SendAsync((int)command, 0x2000, [0xC3, 0x28]), WebSocketCloseStatus.InvalidPayloadData);

    [Fact]
    public Task A_roster_with_too_many_users_is_rejected() =>
        RefusesAsync(
            async session =>
            {
                for (var id = 1; id <= 3; id++)
                    await session.UserComesAsync(id, $"user {id}");
            },
            WebSocketCloseStatus.PolicyViolation);

    [Fact]
    public Task A_message_that_is_too_long_is_refused() =>
        RefusesAsync(session => session.SendAsync(new byte[70_000]), WebSocketCloseStatus.MessageTooBig);

    [Fact]
    public async Task Unexpected_replies_and_unknown_users_are_ignored()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);

        await session.SendAsync((int)PacketCommand.RespOk, uid: 0x7777);
        await session.SendAsync((int)PacketCommand.RespError, -1, uid: 0x7778);
        await session.SendAsync((int)PacketCommand.Nop);
        await session.UserGoesAsync(0x2000, "nobody");
        await session.SaysAsync(0x2000, "from nowhere");
        await session.SendAsync((int)PacketCommand.MemberCount, -5);
        await session.UserComesAsync(0x1000, "alice");
        await session.SaysAsync(0x1000, "hello");

        await recorder.RecordsAsync("alice: hello");
        Assert.Equal(["packet 3 0 0 ", "refused Unspecified", ": from nowhere", "counted", "alice: hello"], recorder.Lines);
        Assert.Equal(1, client.Roster.Count);
    }

    private static async Task RefusesAsync(Func<FakeSession, Task> send, WebSocketCloseStatus? status = null)
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options => options.MaxUsers = 3);
        var recorder = new ClientRecorder(client);

        await send(session);
        var sent = await session.ReceiveCloseAsync();

        await recorder.RecordsAsync("Closed ProtocolViolation");
        Assert.Equal((int)client.State.Cause!.CloseStatus!.Value, (int)sent!.Value);
        if (status is not null)
            Assert.Equal(status, sent);
    }
}
