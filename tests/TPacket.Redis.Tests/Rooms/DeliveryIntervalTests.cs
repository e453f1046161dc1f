using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>The option DeliveryInterval.</summary>
[Collection(nameof(StoresCollection))]
public sealed class DeliveryIntervalTests(RedisFixture redis)
{
    private const int Events = 50;

    [Fact]
    public async Task Events_of_one_interval_are_delivered_together_and_in_order()
    {
        await using var store = await new TestStores(redis.Server.Configuration).CreateAsync(static options => options.DeliveryInterval = TimeSpan.FromSeconds(1));
        var subscriber = new CountingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        for (var i = 0; i < Events; i++)
            await log.AnnounceAsync($"{i}");

        await subscriber.HasAll.Task.WaitAsync(Deadline.Limit);
        Assert.Equal(Enumerable.Range(0, Events).Select(static i => (long)i), subscriber.Offsets);
        // Without an interval there would be a delivery for each event. A busy machine needs several intervals.
        Assert.InRange(subscriber.Calls, 1, Events / 2);
    }

    private sealed class CountingSubscriber : IRoomSubscriber
    {
        public TaskCompletionSource HasAll { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<long> Offsets { get; } = [];

        public int Calls { get; private set; }

        public void OnReset(RoomSnapshot snapshot)
        {
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            Calls++;
            foreach (ref readonly var roomEvent in events)
                Offsets.Add(roomEvent.Offset);
            if (Offsets.Count >= Events)
                HasAll.TrySetResult();
        }

        public void OnLost(Exception cause) => HasAll.TrySetException(cause);
    }
}
