using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Diagnostics;

/// <summary>Activities of handshakes, commands and store calls.</summary>
public class ActivityTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    [Fact]
    public async Task A_command_begins_a_trace_and_links_to_the_handshake_of_its_connection()
    {
        await using var server = await TestServer.StartAsync();
        using var activities = new ActivityCollector(server.Services);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.SignInAsync("bob");

        var handshake = await activities.FirstAsync("tpacket handshake");
        Assert.Equal(ActivityKind.Server, handshake.Kind);
        Assert.Null(handshake.ParentId);
        Assert.Equal(101, handshake.GetTagItem("http.response.status_code"));
        Assert.Equal("websocket", handshake.GetTagItem("network.protocol.name"));
        var nick = await activities.FirstAsync("tpacket SetUserNick");
        var room = await activities.FirstAsync("tpacket SetRoom");
        foreach (var command in new[] { nick, room })
        {
            Assert.Equal(ActivityKind.Server, command.Kind);
            Assert.Null(command.ParentId);
            Assert.Equal(handshake.Context, Assert.Single(command.Links).Context);
            Assert.Equal(ActivityStatusCode.Unset, command.Status);
        }

        Assert.NotEqual(nick.TraceId, room.TraceId);
        var second = await activities.Stopped.NthAsync(2, static a => a.OperationName == "tpacket handshake");
        var nicks = await activities.Stopped.NthAsync(2, static a => a.OperationName == "tpacket SetUserNick");
        Assert.Equal(second.Context, Assert.Single(nicks.Links).Context);
    }

    [Fact]
    public async Task A_handshake_continues_the_trace_of_its_request()
    {
        await using var server = await TestServer.StartAsync();
        using var activities = new ActivityCollector(server.Services);
        using var peer = await server.ConnectRawAsync();
        await peer.SendAsync(RawClient.UpgradeRequest(extraHeaders: $"traceparent: 00-{TraceId}-{SpanId}-01\r\n"));
        Assert.StartsWith("HTTP/1.1 101 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);

        var handshake = await activities.FirstAsync("tpacket handshake");
        Assert.Equal((TraceId, SpanId), (handshake.TraceId.ToString(), handshake.ParentSpanId.ToString()));
    }

    [Theory]
    [InlineData("00-zz-zz-01")]
    [InlineData("")]
    [InlineData("garbage")]
    public async Task An_invalid_traceparent_is_ignored(string traceParent)
    {
        await using var server = await TestServer.StartAsync();
        using var activities = new ActivityCollector(server.Services);
        using var peer = await server.ConnectRawAsync();
        await peer.SendAsync(RawClient.UpgradeRequest(extraHeaders: $"traceparent: {traceParent}\r\n"));
        Assert.StartsWith("HTTP/1.1 101 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Null((await activities.FirstAsync("tpacket handshake")).ParentId);
    }

    [Fact]
    public async Task A_handshake_is_current_while_the_policy_decides_and_has_the_status_of_a_refusal()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseHandshakePolicy<RefusingPolicy>());
        using var activities = new ActivityCollector(server.Services);
        using var refused = await server.ConnectRawAsync();
        await refused.SendAsync(RawClient.UpgradeRequest("/refused"));
        await refused.ReadHeadAsync();
        var first = await activities.FirstAsync("tpacket handshake");
        Assert.Equal(403, first.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, first.Status);
        Assert.Equal("yes", first.GetTagItem("seen"));

        using var failed = await server.ConnectRawAsync();
        await failed.SendAsync(RawClient.UpgradeRequest("/failed"));
        await failed.ReadHeadAsync();
        var second = await activities.Stopped.NthAsync(2, static a => a.OperationName == "tpacket handshake");
        Assert.Equal((500, "500"), (second.GetTagItem("http.response.status_code"), second.GetTagItem("error.type")));
        Assert.Equal(ActivityStatusCode.Error, second.Status);
    }

    [Fact]
    public async Task A_call_of_a_store_is_part_of_the_command_that_makes_it()
    {
        await using var server = await TestServer.StartAsync();
        using var activities = new ActivityCollector(server.Services);
        var token = SessionSteps.NewToken();
        await using var alice = await server.JoinWithSessionAsync("alice", token);
        await alice.SayAsync("hello");

        var message = await activities.FirstAsync("tpacket NewMsg");
        var append = Assert.Single(activities.Stopped.All, a => a.OperationName == "append room" && a.ParentSpanId == message.SpanId);
        Assert.Equal(message.TraceId, append.TraceId);
        Assert.Equal(ActivityKind.Internal, append.Kind);
        Assert.Equal(("append", "InMemoryRoomStore", "Appended"), (append.GetTagItem("db.operation.name"), append.GetTagItem("tpacket.store"), append.GetTagItem("tpacket.outcome")));
        var entering = await activities.FirstAsync("tpacket SetRoom");
        Assert.Equal(entering.SpanId, (await activities.FirstAsync("open room")).ParentSpanId);
        var session = await activities.FirstAsync("tpacket Session");
        Assert.Equal(session.SpanId, (await activities.FirstAsync("add session")).ParentSpanId);
    }

    [Fact]
    public async Task A_store_that_fails_fails_its_call_and_the_command()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        using var activities = new ActivityCollector(server.Services);
        await using var alice = await server.JoinAsync("alice", "room");
        (store.Failing, store.Error) = (nameof(RoomEventKind.Message), new InvalidDataException("broken"));
        Assert.Equal(Wire.RespError, (await alice.ReplyAsync(Wire.NewMsg, "hello")).Command);

        var message = await activities.FirstAsync("tpacket NewMsg");
        var append = Assert.Single(activities.Stopped.All, a => a.OperationName == "append room" && a.ParentSpanId == message.SpanId);
        Assert.Equal((ActivityKind.Internal, null), (append.Kind, append.GetTagItem("db.system.name")));
        Assert.Equal((ActivityStatusCode.Error, "System.IO.InvalidDataException"), (append.Status, append.GetTagItem("error.type")));
        Assert.Equal((ActivityStatusCode.Error, typeof(RoomStoreException).FullName), (message.Status, message.GetTagItem("error.type")));
        Assert.Equal(nameof(PacketErrorCode.Unknown), message.GetTagItem("tpacket.error_code"));
    }

    [Fact]
    public async Task A_call_of_a_database_store_is_a_client_activity_and_names_the_system()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<DatabaseStore>());
        using var activities = new ActivityCollector(server.Services);
        await using var alice = await server.JoinAsync("alice", "room");

        foreach (var name in (string[])["open room", "append room"])
        {
            var call = await activities.FirstAsync(name);
            Assert.Equal((ActivityKind.Client, "postgresql"), (call.Kind, call.GetTagItem("db.system.name")));
        }

        var reserve = await activities.FirstAsync("reserve ids");
        Assert.Equal((ActivityKind.Internal, null), (reserve.Kind, reserve.GetTagItem("db.system.name")));
    }

    [Fact]
    public async Task A_refusal_is_no_failure_and_an_exception_is()
    {
        await using var server = await TestServer.StartAsync(build: b => b
            .AddCommand(300, static _ => throw new InvalidOperationException("broken"))
            .AddCommand(301, static context =>
            {
                context.ReplyError((PacketErrorCode)(-1000), "no");
                return default;
            }));
        using var activities = new ActivityCollector(server.Services);
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.ReplyAsync(300);
        await alice.ReplyAsync(301);
        await alice.ReplyAsync(42);

        var failed = await activities.Stopped.FirstAsync(static a => a.Status == ActivityStatusCode.Error);
        Assert.Equal("tpacket Application", failed.OperationName);
        Assert.Equal((ActivityStatusCode.Error, typeof(InvalidOperationException).FullName), (failed.Status, failed.GetTagItem("error.type")));
        Assert.Equal(nameof(PacketErrorCode.HandlerFailed), failed.GetTagItem("tpacket.error_code"));
        var refused = await activities.Stopped.FirstAsync(static a => a.GetTagItem("tpacket.error_code") is "Application");
        Assert.Equal(("tpacket Application", ActivityStatusCode.Unset), (refused.OperationName, refused.Status));
        var unknown = await activities.FirstAsync("tpacket Unknown");
        Assert.Equal((ActivityStatusCode.Unset, nameof(PacketErrorCode.UnknownCommand)), (unknown.Status, unknown.GetTagItem("tpacket.error_code")));
    }

    [Fact]
    public async Task The_activity_of_a_command_is_current_in_its_handler_and_not_in_later_work()
    {
        var current = new TaskCompletionSource<Activity?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var announced = Task.CompletedTask;
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(300, async context =>
        {
            await Task.Yield();
            current.SetResult(Activity.Current);
            announced = AnnounceAsync(context.Room!, later.Task);
        }));
        using var activities = new ActivityCollector(server.Services);
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SendAsync(300);
        var command = await current.Task;
        Assert.Equal("tpacket Application", command?.OperationName);
        Assert.Same(command, await activities.Stopped.FirstAsync(a => ReferenceEquals(a, command)));

        var before = activities.Stopped.All.Count(static a => a.OperationName == "append room");
        later.SetResult();
        await announced;
        var append = await activities.Stopped.NthAsync(before + 1, static a => a.OperationName == "append room");
        Assert.Null(append.ParentId);

        static async Task AnnounceAsync(IRoom room, Task later)
        {
            await later;
            await room.AnnounceAsync("later");
        }
    }

    [Fact]
    public async Task Without_a_listener_no_activity_is_created()
    {
        var current = new TaskCompletionSource<Activity?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(300, context =>
        {
            current.SetResult(Activity.Current);
            return default;
        }));
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SendAsync(300);
        Assert.Null(await current.Task);
    }

    [Fact]
    public async Task No_activity_contains_a_user_a_room_an_address_or_a_text()
    {
        await using var server = await TestServer.StartAsync();
        using var activities = new ActivityCollector(server.Services);
        await using (var alice = await server.JoinAsync("secret nick", "secret room"))
        {
            await alice.SayAsync("secret text");
            await alice.CloseAsync();
        }

        await server.EndedAsync();
        string[] allowed = ["network.protocol.name", "http.response.status_code", "tpacket.command", "tpacket.error_code", "db.operation.name", "tpacket.store", "tpacket.outcome"];
        var all = activities.Stopped.All;
        Assert.Empty(all.SelectMany(static a => a.TagObjects).Select(static tag => tag.Key).Distinct().Except(allowed));
        Assert.All(all.SelectMany(static a => a.TagObjects), static tag => Assert.Matches("^[A-Za-z0-9_]+$", tag.Value!.ToString()));
        Assert.All(all, static a => Assert.Matches("^[A-Za-z_]+ [A-Za-z]+$", a.DisplayName));
    }

    private sealed class DatabaseStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider) : IRoomStore, IDatabaseStore
    {
        private readonly InMemoryRoomStore _inner = new(options, timeProvider);

        public string SystemName => "postgresql";

        public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken) => _inner.OpenAsync(room, subscriber, cancellationToken);

        public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => _inner.ReadWakesAsync(before, maxRooms, cancellationToken);
    }

    private sealed class RefusingPolicy : IHandshakePolicy
    {
        public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
        {
            await Task.Yield();
            Activity.Current?.SetTag("seen", "yes");
            return request.Path == "/failed" ? throw new InvalidOperationException("broken") : HandshakeDecision.Refuse(403, "No.");
        }
    }
}
