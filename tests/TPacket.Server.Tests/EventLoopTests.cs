using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.Transports;

namespace TPacket.Server.Tests;

/// <summary>What runs on the thread that reads the sockets, and what must not. With one event loop, so that whoever blocks it blocks everybody.</summary>
public sealed class EventLoopTests
{
    private const int Block = 300;
    private const int WhereAmI = 301;

    // On another system there is no loop to block; the promise to the clients is the same.
    private static readonly bool _hasLoops = OperatingSystem.IsLinux();

    [Theory]
    [InlineData(CommandScope.Room)]
    [InlineData(CommandScope.Client)]
    public async Task A_handler_that_blocks_its_thread_holds_up_nobody_else(CommandScope scope)
    {
        using var release = new ManualResetEventSlim();
        await using var server = await StartAsync(b => b.AddCommand(
            Block,
            context =>
            {
                release.Wait();
                context.ReplyOk();
                return default;
            },
            scope));
        await using var blocked = await TestClient.ConnectAsync(server.Uri);
        await blocked.SignInAsync("blocked");
        await blocked.JoinAsync("here");
        await using var free = await TestClient.ConnectAsync(server.Uri);
        await free.SignInAsync("free");

        await blocked.SendAsync(Block);
        await free.JoinAsync("there");
        await free.SayAsync("still here");
        release.Set();

        Assert.Equal((int)PacketCommand.RespOk, (await blocked.ReceiveAsync()).Command);
    }

    [Fact]
    public async Task A_filter_that_blocks_its_thread_holds_up_nobody_else()
    {
        using var release = new ManualResetEventSlim();
        await using var server = await StartAsync(b => b.AddFilter((context, next) =>
        {
            if (context.User.Nick == "blocked")
                release.Wait();
            return next(context);
        }));
        await using var blocked = await TestClient.ConnectAsync(server.Uri);
        await blocked.SignInAsync("blocked");
        await using var free = await TestClient.ConnectAsync(server.Uri);
        await free.SignInAsync("free");

        var uid = await blocked.SendAsync((int)PacketCommand.SetRoom, "here");
        await free.JoinAsync("there");
        release.Set();

        Assert.Equal(uid, (await blocked.ReceiveAsync()).Uid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_an_inline_handler_runs_on_the_loop(bool inline)
    {
        await using var server = await StartAsync(b => b.AddCommand(WhereAmI, TellWhere, inline: inline));
        await using var client = await TestClient.ConnectAsync(server.Uri);
        await client.SignInAsync("alice");
        var reply = await client.ReplyAsync(WhereAmI);
        Assert.Equal(inline && _hasLoops, reply.P1 == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_filter_that_is_not_inline_takes_inline_handlers_off_the_loop_too(bool inlineFilter)
    {
        await using var server = await StartAsync(b => b
            .AddCommand(WhereAmI, TellWhere, inline: true)
            .AddFilter(static (context, next) => next(context), inlineFilter));
        await using var client = await TestClient.ConnectAsync(server.Uri);
        await client.SignInAsync("alice");
        var reply = await client.ReplyAsync(WhereAmI);
        Assert.Equal(inlineFilter && _hasLoops, reply.P1 == 1);
    }

    [Fact]
    public async Task Work_in_a_turn_that_a_loop_hands_over_runs_off_the_loop()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource();
        await using var server = await StartAsync(b => b.AddCommand(
            Block,
            async context =>
            {
                entered.SetResult();
                await leave.Task;
                context.ReplyOk();
            },
            inline: true));
        await using var client = await TestClient.ConnectAsync(server.Uri);
        await client.SignInAsync("alice");
        await client.JoinAsync("room");
        await client.SendAsync(Block);
        await entered.Task.WaitAsync(Deadline.Limit);

        bool? onLoop = null;
        var work = server.Rooms.Find("room")!.RunInTurnAsync(_ =>
        {
            onLoop = EventLoop.IsCurrent;
            return default;
        });
        Assert.Null(onLoop);
        leave.SetResult();
        await work.AsTask().WaitAsync(Deadline.Limit);

        Assert.False(onLoop);
    }

    private static ValueTask TellWhere(CommandContext context)
    {
        context.Reply(WhereAmI, EventLoop.IsCurrent ? 1 : 0);
        return default;
    }

    private static Task<TestServer> StartAsync(Action<ITPacketServerBuilder> build) => TestServer.StartAsync(
        o =>
        {
            o.Transport = TransportKind.Auto;
            o.EventLoops = 1;
        },
        build);
}
