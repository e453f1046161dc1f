using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Commands;

/// <summary>Commands of the application, their scopes, and broadcasts of the host (docs/extending.md).</summary>
public class CommandTests
{
    private const int Hold = 256;
    private const int Ask = 257;

    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _handlers;

    [Theory]
    [InlineData(-1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(63)]
    [InlineData(128)]
    [InlineData(255)]
    public void A_reserved_command_cannot_be_registered(int command)
    {
        var services = new ServiceCollection();
        var builder = services.AddTPacketServer();
        var registered = services.Count;
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddCommand(command, static _ => default));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddCommand<Shouting>(command));
        Assert.Equal(registered, services.Count);
    }

    /// <summary>The compiler reports a wrong lambda at a member of the builder. Among extension methods it picks one of another type with the same name, such as AddFilter of ILoggingBuilder.</summary>
    [Fact]
    public void Methods_that_take_handlers_are_members_of_the_builder()
    {
        var lambdas = typeof(ITPacketServerBuilder).Assembly.GetExportedTypes()
            .SelectMany(static type => type.GetMethods())
            .Where(static method => method.GetParameters() is [{ } first, ..] && first.ParameterType == typeof(ITPacketServerBuilder)
                && method.GetParameters().Any(static parameter => typeof(Delegate).IsAssignableFrom(parameter.ParameterType) && !IsSettings(parameter.ParameterType)));
        Assert.Empty(lambdas);
        Assert.Equal(["AddCommand", "AddCommand", "AddFilter", "AddFilter"], typeof(ITPacketServerBuilder).GetMethods().Where(static method => !method.IsSpecialName).Select(static method => method.Name).Order());
    }

    // These methods have names of their own, so that the compiler reports the lambda and not another method.
    private static bool IsSettings(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Action<>);

    [Fact]
    public async Task A_handler_for_a_built_in_command_replaces_it()
    {
        await using var server = await TestServer.StartAsync(build: static b => b.AddCommand<Shouting>(Wire.NewMsg));
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SendAsync(Wire.NewMsg, "hello");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "HELLO", alice.Id), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task Without_the_built_in_handlers_no_client_signs_in_or_enters_a_room()
    {
        await using var nickless = await TestServer.StartAsync(build: static b => b.AddCommand(Wire.SetUserNick, AcceptAsync, CommandScope.Client));
        await using var client = await nickless.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "alice")).Command);
        Assert.Equal(Wire.ErrorNickRequired, (await client.ReplyAsync(Wire.SetRoom, "room")).P1);

        await using var roomless = await TestServer.StartAsync(build: static b => b.AddCommand(Wire.SetRoom, AcceptAsync, CommandScope.Client));
        await using var alice = await roomless.SignInAsync("alice");
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.SetRoom, "room")).Command);
        Assert.Empty(roomless.Rooms.Rooms);

        static ValueTask AcceptAsync(CommandContext context)
        {
            context.ReplyOk();
            return default;
        }
    }

    [Theory]
    [InlineData(CommandScope.Room)]
    [InlineData(CommandScope.Client)]
    public async Task Members_send_enter_and_leave_while_a_handler_of_the_room_runs(CommandScope scope)
    {
        await using var server = await StartAsync(scope);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.SignInAsync("carol");
        await using var dave = await server.JoinAsync("dave", "room");
        await alice.FenceAsync();
        var uid = await alice.SendAsync(Hold);
        await _entered.Task.WaitAsync(Deadline.Limit);

        await bob.SendAsync(Wire.NewMsg, "hello");
        await carol.SendAsync(Wire.SetRoom, "room");
        await dave.CloseAsync();
        // The room's log orders these; none of them waits for a handler, whatever its scope.
        Assert.Equal([(Wire.NewUser, "carol"), (Wire.DelUser, "dave"), (Wire.NewMsg, "hello")], Sorted(await alice.ReceiveAsync(3)));
        _release.SetResult();
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), await alice.ReceiveAsync());
    }

    [Theory]
    [InlineData(CommandScope.Room)]
    [InlineData(CommandScope.Client)]
    public async Task Handlers_of_one_room_run_one_at_a_time(CommandScope scope)
    {
        await using var server = await StartAsync(scope);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        await alice.SendAsync(Hold);
        await _entered.Task.WaitAsync(Deadline.Limit);
        await bob.SendAsync(Hold);
        await PassAsync(server);
        Assert.Equal(scope == CommandScope.Room ? 1 : 2, Volatile.Read(ref _handlers));
        _release.SetResult();
        Assert.Equal(Wire.RespOk, (await bob.ReceiveAsync()).Command);
        Assert.Equal(2, Volatile.Read(ref _handlers));
    }

    [Fact]
    public async Task A_handler_does_not_delay_another_room()
    {
        await using var server = await StartAsync(CommandScope.Room);
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SendAsync(Hold);
        await _entered.Task.WaitAsync(Deadline.Limit);
        await using var bob = await server.JoinAsync("bob", "other");
        await bob.SayAsync("hello");
        _release.SetResult();
    }

    [Fact]
    public async Task A_room_handler_for_a_client_outside_of_a_room_delays_no_room()
    {
        await using var server = await StartAsync(CommandScope.Room);
        await using var alice = await server.SignInAsync("alice");
        await alice.SendAsync(Hold);
        await _entered.Task.WaitAsync(Deadline.Limit);
        await using var bob = await server.JoinAsync("bob", "room");
        await bob.SayAsync("hello");
        _release.SetResult();
        Assert.Equal(Wire.RespOk, (await alice.ReceiveAsync()).Command);
    }

    [Fact]
    public async Task Handlers_wait_while_work_runs_in_the_turn_of_the_room()
    {
        await using var server = await StartAsync(CommandScope.Room);
        await using var alice = await server.JoinAsync("alice", "room");
        var working = new TaskCompletionSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = server.Rooms.Find("room")!.RunInTurnAsync(_ =>
        {
            begun.SetResult();
            return new ValueTask(working.Task);
        }).AsTask();
        await begun.Task.WaitAsync(Deadline.Limit);

        await alice.SendAsync(Hold);
        await PassAsync(server);
        Assert.Equal(0, Volatile.Read(ref _handlers));
        working.SetResult();
        await work.WaitAsync(Deadline.Limit);
        await _entered.Task.WaitAsync(Deadline.Limit);
        _release.SetResult();
    }

    [Fact]
    public async Task A_broadcast_of_the_host_does_not_wait_for_the_turn()
    {
        await using var server = await StartAsync(CommandScope.Room);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.SendAsync(Hold);
        await _entered.Task.WaitAsync(Deadline.Limit);
        await server.Rooms.Find("room")!.AnnounceAsync("tea is ready");
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "tea is ready"), await bob.ReceiveAsync());
        _release.SetResult();
    }

    [Fact]
    public async Task A_broadcast_with_an_expected_position_is_appended_only_if_no_other_event_was_appended_first()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.ReplyAsync(10, "", 256, 256);
        var room = server.Rooms.Find("room")!;
        var before = room.Position;
        await alice.SayAsync("between");
        Assert.Equal(AppendStatus.Conflict, (await room.BroadcastAsync(256, 1, condition: new AppendCondition { After = before })).Status);
        Assert.True((await room.BroadcastAsync(256, 2, condition: new AppendCondition { After = room.Position })).IsAppended);
        Assert.Equal(2, (await alice.ReceiveAsync()).P1);
    }

    [Fact]
    public async Task A_reply_follows_the_earlier_packets_of_its_handler()
    {
        await using var server = await TestServer.StartAsync(build: static b => b.AddCommand(300, static async context =>
        {
            context.User.Send(300, 1, 0, []);
            await context.Room!.BroadcastAsync(300, 2);
            await context.Room!.AnnounceAsync("3");
            context.ReplyOk();
            context.User.Send(300, 4, 0, []);
        }));
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(10, "", 300, 300)).Command);
        var uid = await alice.SendAsync(300);
        Packet[] expected = [new(-1, 300, "", 1), new(-1, 300, "", 2), new(-1, Wire.LoggedMsg, "3"), new(uid, Wire.RespOk, ""), new(-1, 300, "", 4)];
        Assert.Equal(expected, (IEnumerable<Packet>)await alice.ReceiveAsync(count: 5));
    }

    [Fact]
    public async Task A_message_of_the_host_for_a_user_is_subject_to_the_users_limits()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "other");
        var room = server.Rooms.Find("room")!;
        var user = Users(server).Single(static u => u.Nick == "alice");
        await Assert.ThrowsAsync<ArgumentException>(async () => await room.SayAsync(user, new byte[256]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await room.SayAsync(user, new byte[] { 0xC3 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await room.SayAsync(Users(server).Single(static u => u.Nick == "bob"), "x"u8.ToArray()));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await room.BroadcastAsync(Wire.NewMsg));
        await room.SayAsync(user, "hello"u8.ToArray());
        Assert.Equal([new Packet(-1, Wire.NewMsg, "hello", alice.Id)], (await alice.FenceAsync()).Where(static p => p.Command == Wire.NewMsg));
    }

    [Fact]
    public async Task Filters_run_in_the_order_in_which_they_were_added_and_in_the_scope_of_the_handler()
    {
        var order = new Recorder<string>();
        await using var server = await StartAsync(CommandScope.Room, b => b.AddFilter(Named("first")).AddFilter(Named("second")));
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        var before = order.All.Length;
        await alice.SendAsync(Hold);
        await _entered.Task.WaitAsync(Deadline.Limit);
        Assert.Equal([$"first {Hold}", $"second {Hold}"], order.All[before..]);

        // The handler holds the room's turn: no filter runs for packets that wait for it.
        await bob.SendAsync(Hold);
        await PassAsync(server);
        Assert.Single(order.All, $"first {Hold}");
        _release.SetResult();
        await order.NthAsync(2, static entry => entry == $"second {Hold}");

        Func<CommandContext, PacketDelegate, ValueTask> Named(string name) => (context, next) =>
        {
            order.Add($"{name} {context.Command}");
            return next(context);
        };
    }

    [Fact]
    public void An_event_of_a_member_names_the_member()
    {
        var member = new RoomMember(0x1000, "alice");
        Assert.Equal(member, RoomEvent.Joined(member).Member);
        Assert.Equal(member, RoomEvent.Left(member, LeaveCause.Moved).Member);
        Assert.Equal(member, RoomEvent.Renamed(member, default).Member);
        Assert.Equal(member, RoomEvent.Message(member, default).Member);
        Assert.Null(RoomEvent.Announcement(default).Member);
        var packet = RoomEvent.Packet(256, 1, 2, Encoding.UTF8.GetBytes("data"));
        Assert.Null(packet.Member);
        Assert.Equal(member, RoomEvent.Packet(256, 1, 2, default, member).Member);
        Assert.Equal((RoomEventKind.Packet, 256, 1, 2, "data"), (packet.Kind, packet.Command, packet.P1, packet.P2, Encoding.UTF8.GetString(packet.Data.Span)));
    }

    /// <summary>Starts a server with one event loop, where the transport has any, so that it reads in the order of the sends.</summary>
    private Task<TestServer> StartAsync(CommandScope scope, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        static o => o.EventLoops = 1,
        builder =>
        {
            builder.AddCommand(
                Hold,
                async context =>
                {
                    Interlocked.Increment(ref _handlers);
                    _entered.TrySetResult();
                    await _release.Task;
                    context.ReplyOk();
                },
                scope);
            builder.AddCommand(
                Ask,
                static context =>
                {
                    context.ReplyOk();
                    return default;
                },
                CommandScope.Client);
            build?.Invoke(builder);
        });

    /// <summary>Connects another client and waits for its answer: the server has read all earlier packets then.</summary>
    private static async Task PassAsync(TestServer server)
    {
        await using var passer = await server.SignInAsync($"passer {Guid.NewGuid():N}");
        Assert.Equal(Wire.RespOk, (await passer.ReplyAsync(Ask)).Command);
    }

    private static IReadOnlyList<IUser> Users(TestServer server) => ((IUserDirectory)server.Services.GetService(typeof(IUserDirectory))!).Users;

    private static (int Command, string Text)[] Sorted(List<Packet> packets) => [.. packets.Select(static p => (p.Command, p.Text)).OrderBy(static p => p.Command)];

    /// <summary>Broadcasts NEW_MSG in capitals.</summary>
    private sealed class Shouting : ICommandHandler
    {
        public async ValueTask HandleAsync(CommandContext context) =>
            await context.Room!.SayAsync(context.User, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(context.Data.Span).ToUpperInvariant()));
    }
}
