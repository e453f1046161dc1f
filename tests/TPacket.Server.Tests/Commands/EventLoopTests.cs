using TPacket.Server.Tests.Harness;
using TPacket.Transports.Loops;

namespace TPacket.Server.Tests.Commands;

/// <summary>Code that may block runs on the thread pool, so that an event loop serves all of its clients.</summary>
public class EventLoopTests
{
    private const int Command = 1000;

    [Theory]
    [InlineData(TransportKind.Auto)]
    [InlineData(TransportKind.Sockets)]
    public async Task A_handler_that_blocks_does_not_stall_another_client(TransportKind transport)
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        await using var server = await StartAsync(transport, b => b.AddCommand(
            Command,
            context =>
            {
                entered.Set();
                Assert.True(release.Wait(Deadline.Limit));
                context.ReplyOk();
                return default;
            },
            CommandScope.Client));
        await using var blocked = await server.SignInAsync("blocked");
        await using var other = await server.JoinAsync("other", "room");
        var uid = await blocked.SendAsync(Command);
        Assert.True(entered.Wait(Deadline.Limit));

        await other.SayAsync("nobody holds me up");
        await using (var newcomer = await server.JoinAsync("newcomer", "room"))
            await newcomer.SayAsync("nor me");
        release.Set();
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), await blocked.ReceiveAsync());
    }

    [Fact]
    public async Task A_filter_that_blocks_does_not_stall_another_client()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        await using var server = await StartAsync(TransportKind.Auto, b => b.AddFilter((context, next) =>
        {
            if (context.Command == Command)
            {
                entered.Set();
                Assert.True(release.Wait(Deadline.Limit));
            }

            return next(context);
        }));
        await using var blocked = await server.SignInAsync("blocked");
        await using var other = await server.JoinAsync("other", "room");
        await blocked.SendAsync(Command);
        Assert.True(entered.Wait(Deadline.Limit));
        await other.SayAsync("nobody holds me up");
        release.Set();
        Assert.Equal(Wire.RespError, (await blocked.ReceiveAsync()).Command);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_inline_handler_runs_on_the_loop_and_another_one_does_not(bool inline)
    {
        var onLoop = new Recorder<bool>();
        await using var server = await StartAsync(TransportKind.Auto, b => b.AddCommand(
            Command,
            context =>
            {
                onLoop.Add(EventLoop.IsCurrent);
                context.ReplyOk();
                return default;
            },
            CommandScope.Client,
            inline));
        await using var client = await server.SignInAsync("client");
        for (var i = 0; i < 5; i++)
            Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Command)).Command);
        Assert.Equal(Enumerable.Repeat(inline && OperatingSystem.IsLinux(), 5), onLoop.All);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_filter_that_is_not_inline_the_built_in_commands_do_not_run_on_the_loop(bool inline)
    {
        var onLoop = new Recorder<(int Command, bool OnLoop)>();
        await using var server = await StartAsync(TransportKind.Auto, b => b.AddFilter(
            async (context, next) =>
            {
                var command = context.Command;
                await next(context);
                onLoop.Add((command, EventLoop.IsCurrent));
            },
            inline));
        await using var client = await server.JoinAsync("client", "room");
        await client.SayAsync("something");
        await onLoop.FirstAsync(static seen => seen.Command == Wire.NewMsg);
        foreach (var command in new[] { Wire.SetUserNick, Wire.SetRoom, Wire.NewMsg })
            Assert.Equal((command, inline && OperatingSystem.IsLinux()), Assert.Single(onLoop.All, seen => seen.Command == command));
    }

    /// <summary>Starts a server with one event loop, where the system has any.</summary>
    private static Task<TestServer> StartAsync(TransportKind transport, Action<ITPacketServerBuilder> build) => TestServer.StartAsync(
        o =>
        {
            o.Transport = transport == TransportKind.Auto && OperatingSystem.IsLinux() ? TransportKind.Epoll : transport;
            o.EventLoops = 1;
        },
        build);
}
