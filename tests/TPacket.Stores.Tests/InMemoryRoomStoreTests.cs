using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Stores;
using TPacket.Stores.Tests.Specifications;

namespace TPacket.Stores.Tests;

public class InMemoryRoomStoreTests : RoomStoreSpecification
{
    protected override int? HistoryMessages => 100;

    [Fact]
    public async Task A_room_is_forgotten_with_its_last_subscription()
    {
        var store = CreateStore();
        var first = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        var second = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        await first.AppendAsync(RoomEvent.Announcement("one"u8.ToArray()), null, default);

        await first.DisposeAsync();
        Assert.Equal(1, await second.AppendAsync(RoomEvent.Announcement("two"u8.ToArray()), null, default));
        await second.DisposeAsync();

        var again = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        var snapshot = await again.JoinAsync(new RoomMember(1, "alice"), default);
        Assert.Equal((0L, 0), (snapshot.Offset, snapshot.History.Count));
    }

    [Fact]
    public async Task Much_coming_and_going_pushes_no_message_out()
    {
        var log = await CreateStore().OpenAsync("lobby", new RecordingSubscriber(), default);
        await log.AppendAsync(RoomEvent.Announcement("stays"u8.ToArray()), null, default);
        for (var i = 0; i < 500; i++)
        {
            await log.JoinAsync(new RoomMember(i + 1, "guest"), default);
            await log.LeaveAsync(i + 1, default);
        }

        Assert.Single((await log.JoinAsync(new RoomMember(0x1000, "alice"), default)).History);
        Assert.False((await log.ReadAsync(0, 10, default)).IsComplete);
    }

    [Fact]
    public async Task The_bytes_of_the_history_count_nick_separator_and_text()
    {
        // "alice: 0123456789" is 17 bytes.
        var store = new InMemoryRoomStore(Options.Create(new TPacketServerOptions { HistoryBytes = 34 }));
        var log = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        var alice = new RoomMember(0x1000, "alice");
        for (var i = 0; i < 3; i++)
            await log.AppendAsync(RoomEvent.Message(alice, "0123456789"u8.ToArray()), null, default);

        Assert.Equal([1L, 2L], (await log.JoinAsync(alice, default)).History.Select(e => e.Offset));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(8192, 0)]
    public async Task A_room_without_history_works_like_any_other(int bytes, int messages)
    {
        var store = new InMemoryRoomStore(Options.Create(new TPacketServerOptions { HistoryBytes = bytes, HistoryMessages = messages }));
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);

        await log.AppendAsync(RoomEvent.Announcement("gone"u8.ToArray()), null, default);

        Assert.Single(subscriber.Told);
        Assert.Empty((await log.JoinAsync(new RoomMember(0x1000, "alice"), default)).History);
        Assert.False((await log.ReadAsync(0, 10, default)).IsComplete);
    }

    [Fact]
    public async Task Joins_and_leaves_cannot_be_appended_past_the_roster()
    {
        var log = await CreateStore().OpenAsync("lobby", new RecordingSubscriber(), default);
        var alice = new RoomMember(0x1000, "alice");

        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(RoomEvent.Joined(alice), null, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(RoomEvent.Left(alice), null, default));
    }

    [Fact]
    public async Task A_member_cannot_join_twice()
    {
        var subscriber = new RecordingSubscriber();
        var log = await CreateStore().OpenAsync("lobby", subscriber, default);
        var alice = new RoomMember(0x1000, "alice");
        await log.JoinAsync(alice, default);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await log.JoinAsync(alice, default));

        Assert.Single(subscriber.Told);
    }

    protected override IRoomStore CreateStore() => new InMemoryRoomStore(Options.Create(new TPacketServerOptions()));
}
