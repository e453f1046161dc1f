using System.Text;
using StackExchange.Redis;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>The remains of deleted messages, and pages that end at their maximum size.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisDeletionTests(RedisFixture redis)
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_remains_of_deleted_messages_are_dropped_with_the_events_around_them()
    {
        var stores = new TestStores(redis.Server.Configuration);
        await using var store = await stores.CreateAsync();
        await using var log = await store.OpenAsync("room", new RecordingSubscriber(), default);
        for (var i = 0; i < 250; i++)
        {
            var said = await SayAsync(log, 16);
            Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Deletion(said.Position.Offset)))).IsAppended);
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Server.Configuration);
        var key = Assert.Single(connection.GetServers()[0].Keys(pattern: $"{stores.Prefix}:*:d:room"));
        // One for each deletion that the log keeps.
        Assert.InRange(await connection.GetDatabase().SortedSetLengthAsync(key), 98, 101);
        var page = await log.ReadAsync(null, int.MaxValue, default);
        Assert.Equal(Enumerable.Range((int)page.Events[0].Offset, page.Events.Count), page.Events.Select(static e => (int)e.Offset));
        Assert.Equal(499, page.Position.Offset);
    }

    [Fact]
    public async Task A_page_that_ends_at_its_maximum_size_skips_no_event()
    {
        var stores = new TestStores(redis.Server.Configuration);
        await using var store = await stores.CreateAsync(static options => options.RetentionBytes = 64 * 1024 * 1024);
        var subscriber = new RecordingSubscriber();
        await using var log = await store.OpenAsync("room", subscriber, default);
        AppendResult last = default;
        for (var i = 0; i < 30; i++)
        {
            var said = await SayAsync(log, 300_000);
            if (i % 10 == 9)
                await log.AppendAsync(new RoomAppend(RoomEvent.Deletion(said.Position.Offset)));
            last = await log.AppendAsync(new RoomAppend(RoomEvent.Packet(256, i, 0, default)));
        }

        await subscriber.ReachAsync(last.Position, _deadline);
        var offsets = new List<long>();
        var position = subscriber.Snapshots[0].Position;
        while (position != last.Position)
        {
            var page = await log.ReadAsync(position, int.MaxValue, default);
            Assert.NotEmpty(page.Events);
            offsets.AddRange(page.Events.Select(static e => e.Offset));
            position = page.Position;
        }

        Assert.Equal(Enumerable.Range(0, (int)last.Position.Offset + 1).Select(static offset => (long)offset), offsets);
    }

    private static ValueTask<AppendResult> SayAsync(IRoomLog log, int length) => log.AppendAsync(new RoomAppend(RoomEvent.Announcement(Encoding.UTF8.GetBytes(new string('x', length)))));
}
