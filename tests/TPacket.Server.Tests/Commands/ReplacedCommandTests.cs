using System.Text;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Commands;

/// <summary>Handlers of an application replace the built-in commands (docs/extending.md, Commands).</summary>
public class ReplacedCommandTests
{
    [Fact]
    public async Task An_application_can_handle_nick_room_and_message()
    {
        await using var server = await TestServer.StartAsync(build: b => b
            .AddCommand((int)PacketCommand.SetUserNick, SetNickAsync, CommandScope.Client)
            .AddCommand((int)PacketCommand.SetRoom, async context => await context.EnterRoomAsync("the only room"), CommandScope.Client)
            .AddCommand((int)PacketCommand.NewMsg, SayAsync));
        await using var alice = await server.SignInAsync("alice");
        var uid = await alice.SendAsync(Wire.SetRoom, "anywhere");
        Assert.Equal([new(uid, Wire.RespOk, ""), new(-1, Wire.NewUser, "Mx alice", 0x1000)], await alice.ReceiveAsync(2));
        await using var bob = await server.ConnectAsync();
        await bob.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await bob.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        Assert.Equal(Wire.RespOk, (await bob.ReplyAsync(Wire.SetUserNick, "bob")).Command);
        await bob.SendAsync(Wire.SetRoom, "elsewhere");
        Assert.Equal(["", "Mx alice", "Mx bob"], (await bob.ReceiveAsync(3)).Select(p => p.Text).Order());

        await bob.SendAsync(Wire.NewMsg, "hello");

        Assert.Equal(["Mx bob", "HELLO"], (await alice.ReceiveAsync(2)).Select(p => p.Text));
        Assert.Equal("the only room", Assert.Single(server.Rooms.Rooms).Name);
    }

    private static async ValueTask SetNickAsync(CommandContext context)
    {
        var decision = await context.SetNickAsync($"Mx {Encoding.UTF8.GetString(context.Data.Span)}");
        if (decision.IsAccepted)
            context.ReplyOk();
        else
            context.ReplyError(decision.Code, decision.Text!);
    }

    private static async ValueTask SayAsync(CommandContext context) =>
        await context.Room!.SayAsync(context.User, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(context.Data.Span).ToUpperInvariant()));
}
