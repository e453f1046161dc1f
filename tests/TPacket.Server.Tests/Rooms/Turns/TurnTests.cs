using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms.Turns;

/// <summary>One handler at a time holds a room's turn, and none forever.</summary>
public class TurnTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Members_enter_send_and_leave_while_a_turn_is_held()
    {
        await using var server = await StartAsync();
        await using var holder = await HoldAsync(server);
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SayAsync("the log needs no turn");
        await alice.CloseAsync();
        await server.EndedAsync();
        Assert.Equal(["5 alice", "7 the log needs no turn", "6 alice"], (await holder.ReceiveAsync(3)).Select(p => $"{p.Command} {p.Text}"));
        _goOn.SetResult();
    }

    [Fact]
    public async Task A_packet_that_waits_too_long_for_the_turn_is_refused_and_the_holder_named_once()
    {
        await using var server = await StartAsync();
        await using var holder = await HoldAsync(server);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        var room = server.Rooms.Find("room")!;
        await alice.SendAsync(257);
        await bob.SendAsync(257);
        var outside = room.RunInTurnAsync(_ => throw new InvalidOperationException("It must not run.")).AsTask();
        var (late, later) = (alice.ReceiveAsync(), bob.ReceiveAsync());
        while (!late.IsCompleted || !later.IsCompleted || !outside.IsCompleted)
        {
            // The packets may begin to wait only now.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var refused = await late;
        Assert.Equal((Wire.RespError, -5, "The room is busy."), (refused.Command, refused.P1, refused.Text));
        Assert.Equal(-5, (await later).P1);
        await Assert.ThrowsAnyAsync<TimeoutException>(() => outside);
        var entry = Assert.Single(server.Logs.All, e => e.Id == 1303);
        Assert.Contains("command 256", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.All, e => e.Id == 1203);

        _goOn.SetResult();
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(257, "")).Command);
    }

    [Theory]
    [InlineData("room")]
    [InlineData("other")]
    public async Task Work_that_has_a_turn_cannot_wait_for_another(string which)
    {
        var rooms = default(IRoomDirectory);
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, async context =>
        {
            await Task.Yield();
            await rooms!.Find(which)!.RunInTurnAsync(_ => default);
        }));
        rooms = server.Rooms;
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "other");
        Assert.Equal(-5, (await alice.ReplyAsync(256, "")).P1);
        Assert.IsType<InvalidOperationException>(Assert.Single(server.Logs.All, e => e.Id == 1203).Error);
    }

    [Fact]
    public async Task Background_work_of_a_handler_can_get_a_turn_after_the_handler_has_ended()
    {
        var ended = new TaskCompletionSource();
        var background = default(Task);
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, context =>
        {
            var room = context.Room!;
            background = Task.Run(async () =>
            {
                await ended.Task;
                await room.RunInTurnAsync(_ => default);
            });
            context.ReplyOk();
            return default;
        }));
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(256, "")).Command);
        await alice.FenceAsync();
        ended.SetResult();
        await background!.WaitAsync(Deadline.Limit);
    }

    [Fact]
    public async Task A_handler_that_broadcasts_and_then_blocks_delays_no_member()
    {
        using var goOn = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, async context =>
        {
            await context.Room!.SayAsync(context.User, "before it blocks"u8.ToArray());
            goOn.Wait(Deadline.Limit);
        }));
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await bob.SendAsync(256);
        Assert.Equal("bob", (await alice.ReceiveAsync()).Text);
        Assert.Equal("before it blocks", (await alice.ReceiveAsync()).Text);
        Assert.Empty(await alice.FenceAsync());
        goOn.Set();
    }

    [Fact]
    public async Task A_handler_that_ignores_the_disconnect_of_its_client_does_not_keep_place_and_nick_forever()
    {
        await using var server = await StartAsync(o => o.MaxConnections = 2);
        await using var alice = await server.JoinAsync("alice", "room");
        using var holder = await server.ConnectRawAsync();
        await holder.JoinAsync("holder", "room");
        await holder.SendAsync(new Packet(1, 256, ""));
        await _held.Task.WaitAsync(Deadline.Limit);
        await alice.FenceAsync();
        holder.Reset();
        var freed = server.Metrics.Measurements.FirstAsync(m => m.Instrument == "tpacket.server.active_connections" && m.Value < 0);
        // The server does not read from the holder meanwhile; a transport that does not watch the socket finds the reset when it sends.
        while (!freed.IsCompleted)
            await alice.SayAsync("still here");
        await using var successor = await server.ConnectAsync();
        var gone = alice.ReceiveAsync();
        while (!gone.IsCompleted)
        {
            // The deadline may begin only now.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(new Packet(-1, Wire.DelUser, "holder", (await gone).P1), await gone);
        await server.Logs.FirstAsync(static e => e.Id == 1207);
        await successor.SignInAsync("holder");
        _goOn.SetResult();
    }

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null) => TestServer.StartAsync(
        o =>
        {
            (o.NickTimeout, o.MagicStringTimeout, o.PingAfterIdle) = (TimeSpan.FromDays(700), TimeSpan.FromDays(700), TimeSpan.FromDays(700));
            options?.Invoke(o);
        },
        b => b
            .AddCommand(256, async _ =>
            {
                _held.SetResult();
                await _goOn.Task;
            })
            .AddCommand(257, context =>
            {
                context.ReplyOk();
                return default;
            }),
        _time);

    private async Task<TestClient> HoldAsync(TestServer server)
    {
        var holder = await server.JoinAsync("holder", "room");
        await holder.SendAsync(256);
        await _held.Task.WaitAsync(Deadline.Limit);
        return holder;
    }
}
