using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Commands;

/// <summary>A client receives commands of 10 or more only after ACCEPT_COMMANDS (docs/protocol.md, ACCEPT_COMMANDS).</summary>
public class AcceptCommandsTests
{
    [Theory]
    [InlineData(9, 20)]
    [InlineData(0, 8)]
    [InlineData(-1, 300)]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(300, 299)]
    [InlineData(10, int.MinValue)]
    public async Task An_invalid_range_is_refused(int first, int last)
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var refused = await alice.ReplyAsync(Wire.AcceptCommands, "", first, last);
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), (refused.Command, refused.P1));
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(256, 300)]
    [InlineData(10, int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public async Task A_range_is_accepted(int first, int last)
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.AcceptCommands, "", first, last)).Command);
    }

    [Fact]
    public async Task A_client_can_accept_16_ranges()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.SignInAsync("alice");
        for (var i = 0; i < 16; i++)
            Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.AcceptCommands, "", 256 + i, 256 + i)).Command);
        var refused = await alice.ReplyAsync(Wire.AcceptCommands, "", 300, 300);
        Assert.Equal((Wire.RespError, Wire.ErrorRefused), (refused.Command, refused.P1));
        // A range that is accepted already does not count as a new one.
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.AcceptCommands, "", 257, 257)).Command);
    }

    [Fact]
    public async Task A_broadcast_reaches_only_the_clients_that_accept_its_command()
    {
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, async context =>
        {
            await context.Room!.BroadcastAsync(300, 1, 2, context.Data.ToArray());
            await context.Room!.BroadcastAsync(301, 3, 4, context.Data.ToArray());
        }));
        await using var asker = await server.JoinAsync("asker", "room");
        await asker.ReplyAsync(Wire.AcceptCommands, "", 257, 300);
        await using var old = await server.JoinAsync("old", "room");
        await asker.FenceAsync();

        await old.SendAsync(256, "data");
        Assert.Empty(await old.FenceAsync());
        Assert.Equal([new(-1, 300, "data", 1, 2)], await asker.FenceAsync());
    }

    [Fact]
    public async Task A_packet_to_one_user_requires_that_the_user_accepts_its_command()
    {
        var sent = new Recorder<bool>();
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, context =>
        {
            sent.Add(context.User.Send(300, 5, 6, "data"u8));
            return default;
        }));
        await using var alice = await server.SignInAsync("alice");
        await alice.SendAsync(256);
        Assert.Empty(await alice.FenceAsync());
        await alice.ReplyAsync(Wire.AcceptCommands, "", 300, 300);
        await alice.SendAsync(256);
        Assert.Equal([new(-1, 300, "data", 5, 6)], await alice.FenceAsync());
        Assert.Equal([false, true], sent.All);
    }

    [Fact]
    public async Task A_reply_of_10_or_more_needs_a_request_of_10_or_more()
    {
        PacketDelegate reply = context =>
        {
            context.Reply(400, 7, 8, "answer"u8);
            return default;
        };
        await using var server = await TestServer.StartAsync(build: b => b
            .AddCommand(256, context => reply(context))
            .AddFilter((context, next) => context.Command == Wire.Nop ? reply(context) : next(context)));
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(new Packet(0x1002, 400, "answer", 7, 8), await alice.ReplyAsync(256));
        await alice.SendAsync(Wire.Nop);
        Assert.Empty(await alice.FenceAsync());
    }
}
