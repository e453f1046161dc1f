using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Commands;

/// <summary>Filters run around every packet after the magic string (docs/extending.md, Filters).</summary>
public class FilterTests
{
    [Fact]
    public async Task A_filter_sees_every_packet_after_the_magic_string()
    {
        var seen = new Recorder<(string Nick, int Command, int P1)>();
        await using var server = await StartAsync((context, next) =>
        {
            seen.Add((context.User.Nick, context.Command, context.P1));
            return next(context);
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        // Without a nick: packets that are ignored, refused and unknown, a nick that is refused, and a nick that is accepted.
        await client.SendAsync(Wire.Nop, "", p1: 1);
        Assert.Equal(Wire.ErrorNickRequired, (await client.ReplyAsync(Wire.NewMsg, "hello", p1: 2)).P1);
        Assert.Equal(Wire.ErrorNickRequired, (await client.ReplyAsync(Wire.Unknown, "", p1: 3)).P1);
        Assert.Equal(Wire.ErrorNickInvalid, (await client.ReplyAsync(Wire.SetUserNick, " ", p1: 4)).P1);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "alice", p1: 5)).Command);
        // With a nick: a packet outside of a room, an unknown one, and one to the room.
        Assert.Equal(Wire.ErrorNotInRoom, (await client.ReplyAsync(Wire.NewMsg, "hello", p1: 6)).P1);
        Assert.Equal(Wire.ErrorUnknownCommand, (await client.ReplyAsync(Wire.Unknown, "", p1: 7)).P1);
        await client.SendAsync(Wire.SetRoom, "room", p1: 8);
        await client.SendAsync(Wire.NewMsg, "hello", p1: 9);
        await seen.FirstAsync(static packet => packet.P1 == 9);

        Assert.Equal(
            [
                ("", Wire.Nop, 1), ("", Wire.NewMsg, 2), ("", Wire.Unknown, 3), ("", Wire.SetUserNick, 4), ("", Wire.SetUserNick, 5),
                ("alice", Wire.NewMsg, 6), ("alice", Wire.Unknown, 7), ("alice", Wire.SetRoom, 8), ("alice", Wire.NewMsg, 9),
            ],
            seen.All);
    }

    [Theory]
    [InlineData(Wire.NewMsg, false)]
    [InlineData(Wire.Unknown, false)]
    [InlineData(Wire.SetUserNick, false)]
    [InlineData(Wire.NewMsg, true)]
    [InlineData(Wire.Unknown, true)]
    [InlineData(Wire.SetRoom, true)]
    public async Task A_filter_that_does_not_call_the_next_one_drops_the_packet(int command, bool signedIn)
    {
        await using var server = await StartAsync((context, next) =>
        {
            if (context.P1 != 99)
                return next(context);
            context.ReplyError((PacketErrorCode)(-1000), "Not here.");
            return default;
        });
        await using var client = await server.ConnectAsync();
        if (signedIn)
            await client.SignInAsync("alice");
        else
            await client.SendAsync(Wire.Nop, Wire.MagicString);
        var answer = await client.ReplyAsync(command, "something", p1: 99);
        Assert.Equal((Wire.RespError, -1000, "Not here."), (answer.Command, answer.P1, answer.Text));
        Assert.Empty(await client.FenceAsync());
    }

    private static Task<TestServer> StartAsync(Func<CommandContext, PacketDelegate, ValueTask> filter) =>
        TestServer.StartAsync(build: b => b.AddFilter(filter, inline: true));
}
