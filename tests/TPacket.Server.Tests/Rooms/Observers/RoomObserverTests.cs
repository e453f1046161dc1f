using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms.Observers;

/// <summary>An application observes rooms, moves users and removes members.</summary>
public class RoomObserverTests
{
    private readonly CallRecorder _recorder = new();

    [Fact]
    public async Task An_observer_receives_the_opening_the_events_in_the_order_of_the_log_and_the_closing()
    {
        await using var server = await StartAsync();
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            var room = server.Rooms.Find("room")!;
            await alice.SendAsync(Wire.NewMsg, "hello");
            Assert.Equal("hello", (await alice.ReceiveAsync()).Text);
            await room.BroadcastAsync(300);
            await room.AnnounceAsync("a notice");
            await alice.CloseAsync();
        }

        await _recorder.RecordsAsync("room closed");
        Assert.Equal(
            ["room opened", "room: alice entered", "room: Message hello", "room: Packet ", "room: Announcement a notice", "room: alice left, Disconnected", "room closed"],
            _recorder.Calls.All);
    }

    [Fact]
    public async Task The_closing_of_a_room_is_delivered_before_the_opening_of_the_next_room_with_its_name()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 200; i++)
            await (await server.Rooms.OpenAsync("room")).DisposeAsync();
        await _recorder.RecordsAsync("room closed", 200);
        Assert.Equal(Enumerable.Range(0, 400).Select(static i => i % 2 == 0 ? "room opened" : "room closed"), _recorder.Calls.All);
    }

    [Fact]
    public async Task A_stuck_observer_blocks_no_member_and_is_notified_of_dropped_events()
    {
        await using var server = await StartAsync(o => o.ObserverQueueEvents = 3);
        _recorder.Hold();
        await using var handle = await server.Rooms.OpenAsync("room");
        await _recorder.RecordsAsync("room opened");
        await using var alice = await server.JoinAsync("alice", "room");
        for (var i = 0; i < 10; i++)
            await handle.Room.AnnounceAsync(i.ToString(CultureInfo.InvariantCulture));
        _recorder.Release();

        await _recorder.RecordsAsync("room: missed");
        await handle.Room.AnnounceAsync("last");
        await _recorder.RecordsAsync("room: Announcement last");
        // The observer handles the opening while three events are queued.
        Assert.Equal(
            ["room opened", "room: alice entered", "room: Announcement 0", "room: Announcement 1", "room: missed", "room: Announcement last"], _recorder.Calls.All);
    }

    [Fact]
    public async Task A_closing_is_delivered_after_dropped_events()
    {
        await using var server = await StartAsync(o => o.ObserverQueueEvents = 1);
        _recorder.Hold();
        var handle = await server.Rooms.OpenAsync("room");
        await _recorder.RecordsAsync("room opened");
        await handle.Room.AnnounceAsync("1");
        await handle.Room.AnnounceAsync("2");
        await handle.DisposeAsync();
        _recorder.Release();

        await _recorder.RecordsAsync("room closed");
        Assert.Equal(["room opened", "room: Announcement 1", "room: missed", "room closed"], _recorder.Calls.All);
        await using var again = await server.Rooms.OpenAsync("room");
        await _recorder.RecordsAsync("room opened", 2);
    }

    [Fact]
    public async Task An_observer_that_fails_or_hangs_is_logged_and_receives_the_next_event()
    {
        var time = new WatchedTime();
        await using var server = await StartAsync(o => o.ObserverTimeout = TimeSpan.FromSeconds(77), time);
        await using var handle = await server.Rooms.OpenAsync("room");
        await handle.Room.AnnounceAsync("fail");
        await handle.Room.AnnounceAsync("hang");
        await time.Timers.FirstAsync(static due => due == TimeSpan.FromSeconds(77));
        time.Advance(TimeSpan.FromSeconds(78));
        await handle.Room.AnnounceAsync("after");

        await _recorder.RecordsAsync("room: Announcement after");
        Assert.Equal(
            [typeof(InvalidOperationException), typeof(TimeoutException)], server.Logs.All.Where(static e => e.Id == 1305).Select(static e => e.Error!.GetType()));
        _recorder.Release();
    }

    [Fact]
    public async Task A_user_is_moved_to_another_room()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();

        await server.Services.GetRequiredService<IUserDirectory>().Users.Single(static user => user.Nick == "bob").EnterRoomAsync("lobby");

        Assert.Equal((Wire.NewUser, "bob"), Of(await bob.ReceiveAsync()));
        Assert.Equal((Wire.DelUser, "bob"), Of(await alice.ReceiveAsync()));
        await _recorder.RecordsAsync("lobby: bob entered");
        await _recorder.RecordsAsync("room: bob left, Moved");
        Assert.Equal("bob", Assert.Single(server.Rooms.Find("lobby")!.Members).Nick);
    }

    [Fact]
    public async Task Moves_of_one_user_run_one_after_the_other()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        var user = Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => user.EnterRoomAsync($"room {i % 7}").AsTask())));

        Assert.Equal(user.Room, Assert.Single(server.Rooms.Rooms));
        Assert.Equal("alice", Assert.Single(user.Room!.Members).Nick);
    }

    [Fact]
    public async Task A_move_waits_for_the_one_before_it()
    {
        await using var server = await StartAsync(build: static builder => builder.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        var user = Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users);
        var join = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.JoinGate = join.Task;

        var first = user.EnterRoomAsync("first").AsTask();
        await store.Appends.NthAsync(2, static kind => kind == RoomEventKind.Joined);
        var second = user.EnterRoomAsync("second").AsTask();
        join.SetResult();
        await Task.WhenAll(first, second);

        // The leaves may not be delivered yet when the moves have ended.
        await _recorder.RecordsAsync("room: alice left, Moved");
        await _recorder.RecordsAsync("first: alice left, Moved");
        Assert.Equal("second", user.Room!.Name);
        await server.Rooms.Find("second")!.AnnounceAsync("x");
        Assert.DoesNotContain(server.Rooms.Rooms, static room => room.Name != "second" && room.MemberCount > 0);
    }

    [Fact]
    public async Task A_disconnected_user_enters_no_room()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        var user = Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users);
        await alice.CloseAsync();
        await server.EndedAsync();

        await user.EnterRoomAsync("room");
        await (await server.Rooms.OpenAsync("fence")).DisposeAsync();

        await _recorder.RecordsAsync("fence closed");
        Assert.Equal(["fence opened", "fence closed"], _recorder.Calls.All);
        Assert.Null(user.Room);
    }

    [Fact]
    public async Task An_invalid_room_name_is_rejected_and_opens_no_room()
    {
        await using var server = await StartAsync();
        await using var client = await server.SignInAsync("alice");
        var user = Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users);
        await Assert.ThrowsAsync<ArgumentException>(() => user.EnterRoomAsync("").AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => user.EnterRoomAsync("a\nb").AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => user.EnterRoomAsync(new string('a', 65)).AsTask());
        Assert.Empty(server.Rooms.Rooms);
    }

    [Fact]
    public async Task A_member_is_removed_once_and_can_enter_again()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        var room = server.Rooms.Find("room")!;
        var member = room.Members.Single(static member => member.Nick == "bob");

        Assert.Equal(AppendStatus.Appended, (await room.RemoveAsync(member)).Status);
        Assert.Equal(AppendStatus.Fenced, (await room.RemoveAsync(member)).Status);

        Assert.Equal((Wire.DelUser, "bob"), Of(await bob.ReceiveAsync()));
        Assert.Equal((Wire.DelUser, "bob"), Of(await alice.ReceiveAsync()));
        await _recorder.RecordsAsync("room: bob left, Removed");
        await bob.JoinAsync("room");
        Assert.Equal(2, room.MemberCount);
    }

    private static (int, string) Of(Packet packet) => (packet.Command, packet.Text);

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, TimeProvider? time = null, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        options,
        builder =>
        {
            builder.AddRoomObserver<Observer>().Services.AddSingleton(_recorder);
            build?.Invoke(builder);
        },
        time);

    /// <summary>The notifications of the observer, and the task that it waits for.</summary>
    internal sealed class CallRecorder
    {
        private TaskCompletionSource? _released;

        public Recorder<string> Calls { get; } = new();

        public Task Released => _released?.Task ?? Task.CompletedTask;

        public Task RecordsAsync(string what, int times = 1) => Calls.NthAsync(times, call => call == what);

        public void Hold() => _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released?.TrySetResult();
    }

    // Observers may depend on services that depend on the rooms.
    internal sealed class Observer(CallRecorder recorder, IRoomDirectory rooms) : IRoomObserver
    {
        public ValueTask OnOpenedAsync(IRoom room)
        {
            Assert.NotNull(rooms);
            return RecordAsync($"{room.Name} opened");
        }

        public ValueTask OnClosedAsync(IRoom room) => RecordAsync($"{room.Name} closed");

        public ValueTask OnMissedAsync(IRoom room) => RecordAsync($"{room.Name}: missed");

        public ValueTask OnEnteredAsync(IRoom room, RoomMember member) => RecordAsync($"{room.Name}: {member.Nick} entered");

        public ValueTask OnLeftAsync(IRoom room, RoomMember member, LeaveCause cause) => RecordAsync($"{room.Name}: {member.Nick} left, {cause}");

        public ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent)
        {
            if (roomEvent.ChangesRoster)
                return roomEvent.Kind == RoomEventKind.Joined ? OnEnteredAsync(room, roomEvent.Member!) : OnLeftAsync(room, roomEvent.Member!, roomEvent.Cause);
            var text = System.Text.Encoding.UTF8.GetString(roomEvent.Data.Span);
            if (text == "fail")
                throw new InvalidOperationException(text);
            if (text != "hang")
                return RecordAsync($"{room.Name}: {roomEvent.Kind} {text}");
            recorder.Hold();
            return new ValueTask(recorder.Released);
        }

        private async ValueTask RecordAsync(string what)
        {
            recorder.Calls.Add(what);
            await recorder.Released;
        }
    }
}
