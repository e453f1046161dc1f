using TPacket.Server.Stores.InMemory;
using TPacket.Testing;
using TPacket.Testing.Stores;

namespace TPacket.Server.Tests.Stores;

public class InMemoryRoomStoreTests : RoomStoreSpecification
{
    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);

    protected override int? HistoryMessages => 100;

    [Fact]
    public async Task Many_joins_and_leaves_do_not_evict_messages()
    {
        var store = CreateStore();
        var log = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.AnnounceAsync("stays");
        for (var i = 0; i < 500; i++)
        {
            var guest = new RoomMember(i + 1, "guest", i + 1);
            await log.JoinAsync(guest);
            await log.LeaveAsync(guest);
        }

        Assert.Single((await SnapshotAsync(store)).History);
        Assert.NotEqual(0, (await log.ReadAsync(null, 10, default)).Events[0].Offset);
    }

    [Fact]
    public async Task The_bytes_of_the_history_count_nick_separator_and_text()
    {
        // "alice: 0123456789" is 17 bytes.
        var store = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { HistoryBytes = 34 }), Time);
        var log = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.JoinAsync(_alice);
        for (var i = 0; i < 3; i++)
            await log.SayAsync(_alice, "0123456789");

        Assert.Equal([2L, 3L], (await SnapshotAsync(store)).History.Select(e => e.Offset));
    }

    [Fact]
    public async Task Rooms_with_a_wake_time_are_kept_up_to_the_number_of_connections_and_one_more_is_dropped_with_a_warning()
    {
        var logs = new ListLogger();
        var store = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { MaxConnections = 2 }), Time, logs);
        for (var i = 3; i > 0; i--)
        {
            await using var log = await store.OpenAsync($"room {i}", new RecordingSubscriber(), default);
            await log.AppendAsync(new RoomAppend(RoomEvent.Rules("poll", 1, readsPresence: false, seed: 1)));
            await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { WakeAt = i } });
        }

        Assert.Equal([new RoomWake("room 2", 2), new RoomWake("room 3", 3)], await store.ReadWakesAsync(long.MaxValue, 10, default));
        Assert.Equal([new RoomWake("room 2", 2)], await store.ReadWakesAsync(2, 10, default));
        Assert.Equal("1505 Warning", Assert.Single(logs.Entries));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(8192, 0)]
    public async Task A_room_without_history_works_like_any_other(int bytes, int messages)
    {
        var store = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { HistoryBytes = bytes, HistoryMessages = messages }), Time);
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        var start = subscriber.Position;

        await log.AnnounceAsync("gone");

        Assert.Single(subscriber.Events);
        Assert.Empty((await SnapshotAsync(store)).History);
        Assert.True((await log.ReadAsync(start, 10, default)).IsGone);
        Assert.False((await log.ReadAsync(subscriber.Position, 10, default)).IsGone);
    }

    [Fact]
    public async Task Requests_of_authors_that_are_no_members_expire()
    {
        var log = await CreateStore().OpenAsync("lobby", new RecordingSubscriber(), default);
        for (var host = 1; host <= 66; host++)
            await log.AnnounceAsync("hosts'", request: new RequestId(host, 1));

        Assert.False((await log.AnnounceAsync("hosts'", request: new RequestId(1, 1))).IsRepeated);
        Assert.True((await log.AnnounceAsync("hosts'", request: new RequestId(66, 1))).IsRepeated);
    }

    [Fact]
    public async Task Events_of_rules_are_dropped_when_a_state_includes_them_or_the_rules_have_finished()
    {
        var log = await CreateStore().OpenAsync("lobby", new RecordingSubscriber(), default);
        var named = (await log.AppendAsync(new RoomAppend(RoomEvent.Rules("poll", 1, readsPresence: false, seed: 42)))).Position;
        await SendAsync(300);
        Assert.Equal(300, (await log.ReadRulesAsync(named, 1000, default)).Events.Count);

        var kept = await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { State = new byte[1] } });
        await SendAsync(150);
        Assert.True((await log.ReadRulesAsync(named, 1000, default)).IsGone);
        Assert.Equal(150, (await log.ReadRulesAsync(kept.Position, 1000, default)).Events.Count);

        await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { IsFinished = true } });
        await SendAsync(1);
        Assert.True((await log.ReadRulesAsync(kept.Position, 1000, default)).IsGone);

        async Task SendAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await log.SendAsync(i);
        }
    }

    protected override ValueTask<IRoomStore> CreateAsync() => new(CreateStore());

    private InMemoryRoomStore CreateStore() => new(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions()), Time);

    private static async Task<RoomSnapshot> SnapshotAsync(InMemoryRoomStore store)
    {
        var subscriber = new RecordingSubscriber();
        await using var log = await store.OpenAsync("lobby", subscriber, default);
        return subscriber.Snapshots[0];
    }
}
