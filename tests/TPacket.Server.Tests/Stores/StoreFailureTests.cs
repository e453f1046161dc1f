using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Rooms;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Stores;

/// <summary>A failure of the store rejects the request, keeps the connection, and leaves no user half in a room.</summary>
public class StoreFailureTests
{
    private const int Read = 1000;
    private const int ErrorHandlerFailed = -5;
    private const int ErrorStoreFailed = -7;
    private const int ErrorUnknown = -8;

    [Theory]
    [InlineData("Open", false, ErrorStoreFailed)]
    [InlineData("Joined", false, ErrorStoreFailed)]
    [InlineData("Joined", true, ErrorUnknown)]
    public async Task A_join_that_fails_can_be_retried(string call, bool late, int code)
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = StoreOf(server);
        (store.Failing, store.Late) = (call, late);
        await using var alice = await server.SignInAsync("alice");
        var refused = await alice.ReplyAsync(Wire.SetRoom, "room");
        Assert.Equal((Wire.RespError, code), (refused.Command, refused.P1));
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Wire.NewMsg, "x")).P1);

        store.Failing = "";
        Assert.Equal("alice", Assert.Single(await alice.JoinAsync("room")).Text);
        await alice.SayAsync("here");
    }

    [Fact]
    public async Task A_join_that_fails_halfway_is_undone_for_the_other_members()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.SignInAsync("bob");
        (store.Failing, store.Late) = ("Joined", true);
        Assert.Equal(ErrorUnknown, (await bob.ReplyAsync(Wire.SetRoom, "room")).P1);
        store.Failing = "";
        Assert.Equal(2, (await bob.JoinAsync("room")).Count);
        Assert.Equal(["5 bob", "6 bob", "5 bob"], (await alice.FenceAsync()).Select(p => $"{p.Command} {p.Text}"));
    }

    [Fact]
    public async Task A_join_that_fails_does_not_remove_a_member_with_the_same_nick()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.SignInAsync("bob");
        // The log has a member with bob's id already, as if another server assigned ids on its own.
        var others = new RosterSubscriber();
        await using var log = await StoreOf(server).Inner.OpenAsync("other", others, default);
        await log.AppendAsync(new RoomAppend(RoomEvent.Joined(new RoomMember(alice.Id + 1, "stranger", session: 77))));

        Assert.Equal(ErrorStoreFailed, (await bob.ReplyAsync(Wire.SetRoom, "other")).P1);
        await bob.CloseAsync();
        await server.EndedAsync();

        Assert.Equal(["stranger"], others.Nicks);
        await using var carol = await server.SignInAsync("carol");
        Assert.Equal(alice.Id + 2, (await carol.JoinAsync("room")).Single(p => p.Text == "carol").P1);
    }

    [Theory]
    [InlineData(false, ErrorStoreFailed)]
    [InlineData(true, ErrorUnknown)]
    public async Task The_reply_says_whether_a_message_may_have_been_stored(bool late, int code)
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        (store.Failing, store.Late) = ("Message", late);
        var uid = await alice.SendAsync(Wire.NewMsg, "perhaps");
        if (late)
            Assert.Equal("perhaps", (await alice.ReceiveAsync()).Text);
        var refused = await alice.ReceiveAsync();
        Assert.Equal((uid, Wire.RespError, code), (refused.Uid, refused.Command, refused.P1));
        store.Failing = "";
        await alice.SayAsync("kept");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_leave_that_fails_is_retried_until_the_other_members_receive_it_once(bool late)
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(o => o.PingAfterIdle = TimeSpan.FromDays(700), b => b.UseRoomStore<FlakyStore>(), time);
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        (store.Failing, store.Late) = ("Left", late);
        await bob.CloseAsync();
        await server.Logs.FirstAsync(e => e.Id == 1302);
        store.Failing = "";
        var ended = server.EndedAsync();
        while (!ended.IsCompleted)
        {
            // The delay before the next attempt may begin only now.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await server.EndedAsync();
        Assert.Equal([new(-1, Wire.DelUser, "bob", bob.Id)], await alice.FenceAsync());
        await using var heir = await server.SignInAsync("bob");
    }

    [Fact]
    public async Task An_append_that_stops_waiting_for_its_delivery_is_not_kept()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(o => (o.PingAfterIdle, o.StoreTimeout) = (TimeSpan.FromDays(700), TimeSpan.FromSeconds(5)), b => b.UseRoomStore<FlakyStore>(), time);
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        var room = (Room)server.Rooms.Find("room")!;
        using var deadline = Deadline.Start();
        store.Withheld = RoomEventKind.Announcement;
        var appends = new List<Task>();
        foreach (var text in (string[])["late", "later"])
        {
            appends.Add(room.AnnounceAsync(text).AsTask());
            while (room.Delivery.Progress.WaiterCount < appends.Count)
            {
                deadline.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        // The timer of a wait may begin only now.
        while (!appends.All(static append => append.IsCompleted))
        {
            deadline.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await Task.WhenAll(appends);
        Assert.Equal(0, room.Delivery.Progress.WaiterCount);
        store.Release();
        Assert.Equal(["late", "later"], (await alice.FenceAsync()).Select(static packet => packet.Text));
    }

    [Fact]
    public async Task Connections_are_released_while_the_store_hangs()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(o => o.MaxConnections = 2, b => b.UseRoomStore<FlakyStore>(), time);
        var store = StoreOf(server);
        var alice = await server.JoinAsync("alice", "room");
        var bob = await server.JoinAsync("bob", "room");
        var hang = new TaskCompletionSource();
        store.AppendGate = hang.Task;
        await alice.CloseAsync();
        await bob.CloseAsync();
        await server.Metrics.Measurements.NthAsync(2, m => m.Instrument == "tpacket.server.active_connections" && m.Value < 0);

        await using var carol = await server.SignInAsync("carol");
        await using var dave = await server.SignInAsync("dave");
        hang.SetResult();
        await server.EndedAsync(2);
        Assert.Empty(server.Rooms.Rooms);
    }

    [Fact]
    public async Task A_call_that_hangs_times_out_and_the_room_continues()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(o => o.PingAfterIdle = TimeSpan.FromDays(700), b => b.UseRoomStore<FlakyStore>(), time);
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        var hang = new TaskCompletionSource();
        store.AppendGate = hang.Task;
        var uid = await alice.SendAsync(Wire.NewMsg, "late");
        await store.Appends.FirstAsync(kind => kind == RoomEventKind.Message);
        store.AppendGate = Task.CompletedTask;

        await bob.SayAsync("meanwhile");
        Assert.Equal("meanwhile", (await alice.ReceiveAsync()).Text);
        var answer = alice.ReceiveAsync();
        while (!answer.IsCompleted)
        {
            // The wait may begin only now.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var refused = await answer;
        Assert.Equal((uid, Wire.RespError, ErrorUnknown), (refused.Uid, refused.Command, refused.P1));
        hang.SetResult();
        Assert.Equal("late", (await alice.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task A_change_of_room_that_fails_leaves_the_user_in_its_room()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowRoomChange = true, b => b.UseRoomStore<FlakyStore>());
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        store.Failing = "Joined";
        Assert.Equal(ErrorStoreFailed, (await bob.ReplyAsync(Wire.SetRoom, "other")).P1);
        store.Failing = "Open";
        Assert.Equal(ErrorStoreFailed, (await bob.ReplyAsync(Wire.SetRoom, "third")).P1);

        await bob.SayAsync("still here");
        Assert.Equal([new(-1, Wire.NewMsg, "still here", bob.Id)], await alice.FenceAsync());
        Assert.Equal("room", Assert.Single(server.Rooms.Rooms).Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rename_that_fails_leaks_no_nick(bool late)
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(
            o => (o.AllowNickChange, o.PingAfterIdle, o.NickTimeout) = (true, TimeSpan.FromDays(700), TimeSpan.FromDays(700)), b => b.UseRoomStore<FlakyStore>(), time);
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        (store.Failing, store.Late) = ("Renamed", late);
        await alice.SendAsync(Wire.SetUserNick, "alicia");
        if (late)
            Assert.Equal(["6 alice", "5 alicia"], (await alice.ReceiveAsync(2)).Select(p => $"{p.Command} {p.Text}"));
        Assert.Equal(late ? ErrorUnknown : ErrorStoreFailed, (await alice.ReceiveAsync()).P1);
        store.Failing = "";

        var (free, taken) = late ? ("alice", "alicia") : ("alicia", "alice");
        await using var bob = await server.ConnectAsync();
        await bob.SendAsync(Wire.Nop, Wire.MagicString);
        while ((await bob.ReplyAsync(Wire.SetUserNick, free)).Command != Wire.RespOk)
            time.Advance(TimeSpan.FromSeconds(1));
        await using var carol = await server.ConnectAsync();
        await carol.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await carol.ReplyAsync(Wire.SetUserNick, taken)).P1);
    }

    [Fact]
    public async Task A_failed_read_of_the_log_is_reported_as_a_store_failure()
    {
        await using var server = await StartReadingAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Read, "", p1: 1)).Command);
        StoreOf(server).Failing = "Read";
        Assert.Equal(ErrorStoreFailed, (await alice.ReplyAsync(Read, "", p1: 1)).P1);
        // A read changes nothing, whatever the store throws.
        StoreOf(server).Error = new IOException("broken");
        Assert.Equal(ErrorStoreFailed, (await alice.ReplyAsync(Read, "", p1: 1)).P1);
        // An error of the caller is no failure of the store.
        Assert.Equal(ErrorHandlerFailed, (await alice.ReplyAsync(Read, "", p1: 0)).P1);
    }

    [Fact]
    public async Task A_failed_reservation_of_ids_is_reported_as_a_store_failure_and_changes_nothing()
    {
        var time = new WatchedTime();
        var ids = new FailingIds();
        await using var server = await TestServer.StartAsync(o => o.StoreTimeout = TimeSpan.FromSeconds(7), b => b.Services.AddSingleton<IUserIdStore>(ids), time);
        await using var alice = await server.ConnectAsync();
        await alice.SendAsync(Wire.Nop, Wire.MagicString);

        Assert.Equal(ErrorStoreFailed, (await alice.ReplyAsync(Wire.SetUserNick, "alice")).P1);

        ids.Hangs = true;
        await alice.SendAsync(Wire.SetUserNick, "alice");
        await time.Timers.FirstAsync(static due => due == TimeSpan.FromSeconds(7));
        time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(ErrorStoreFailed, (await alice.ReceiveAsync()).P1);

        ids.Works = true;
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.SetUserNick, "alice")).Command);
    }

    [Fact]
    public async Task A_read_that_its_caller_cancels_is_no_failure_of_the_store()
    {
        await using var server = await StartReadingAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        using var givenUp = new CancellationTokenSource();
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await server.Rooms.Find("room")!.ReadAsync(null, 1, givenUp.Token));
    }

    [Fact]
    public async Task A_snapshot_replaces_an_event_that_cannot_be_delivered()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = StoreOf(server);
        await using var alice = await server.JoinAsync("alice", "room");
        store.Confusing = RoomEventKind.Message;
        await alice.SendAsync(Wire.NewMsg, "it is in the log");
        Assert.Equal([new(-1, Wire.LoggedMsg, "alice: it is in the log")], await alice.FenceAsync());
        store.Confusing = RoomEventKind.Joined;
        await using var bob = await server.JoinAsync("bob", "room");
        Assert.Equal([new(-1, Wire.NewUser, "bob", bob.Id)], await alice.FenceAsync());
        store.Confusing = RoomEventKind.Left;
        await bob.CloseAsync();
        await server.EndedAsync();
        Assert.Equal([new(-1, Wire.DelUser, "bob", bob.Id)], await alice.FenceAsync());
        store.Confusing = null;
        await alice.SayAsync("here");
        Assert.Equal(3, server.Logs.All.Count(e => e.Id == 1304));
    }

    [Fact]
    public async Task A_log_that_throws_on_disposal_affects_no_client()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            StoreOf(server).Failing = "Dispose";
            await alice.CloseAsync();
            await server.EndedAsync();
        }

        await server.Logs.FirstAsync(e => e.Id == 1302);
        await using var heir = await server.JoinAsync("alice", "room");
    }

    private static Task<TestServer> StartReadingAsync() => TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>().AddCommand(Read, async context =>
    {
        await context.Room!.ReadAsync(null, context.P1, default);
        context.ReplyOk();
    }));

    private static FlakyStore StoreOf(TestServer server) => (FlakyStore)server.Services.GetRequiredService<IRoomStore>();

    /// <summary>Tracks the members of a room.</summary>
    private sealed class RosterSubscriber : IRoomSubscriber
    {
        private readonly Dictionary<int, string> _members = [];

        public string[] Nicks => [.. _members.Values];

        public void OnReset(RoomSnapshot snapshot)
        {
            _members.Clear();
            foreach (var member in snapshot.Members)
                _members.Add(member.Id, member.Nick);
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            foreach (var roomEvent in events)
            {
                if (roomEvent.Kind == RoomEventKind.Left)
                    _members.Remove(roomEvent.Member!.Id);
                else if (roomEvent.ChangesRoster)
                    _members[roomEvent.Member!.Id] = roomEvent.Member.Nick;
            }
        }

        public void OnLost(Exception cause) => throw cause;
    }

    /// <summary>A store that fails, hangs or works.</summary>
    private sealed class FailingIds : IUserIdStore
    {
        private readonly InMemoryUserIdStore _rest = new();

        public bool Hangs { get; set; }

        public bool Works { get; set; }

        public ValueTask<UserIdBlock> ReserveAsync(int count)
        {
            if (Works)
                return _rest.ReserveAsync(count);
            return Hangs ? new ValueTask<UserIdBlock>(new TaskCompletionSource<UserIdBlock>().Task) : throw new IOException("no ids");
        }
    }
}
