using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Faults of subscribers, and the ends of subscriptions.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task A_log_that_is_disposed_of_delivers_nothing_more_and_others_still_do()
    {
        var store = await CreateStoreAsync();
        var (first, gone) = await OpenAsync(store);
        var (second, subscriber) = await OpenAsync(store);

        await first.DisposeAsync();
        await first.DisposeAsync();
        var last = await second.AnnounceAsync("one");

        await ReachAsync(subscriber, last);
        Assert.Empty(gone.Events);
        Assert.Single(subscriber.Events);
    }

    [Fact]
    public async Task A_subscriber_that_throws_is_reset_and_harms_nobody()
    {
        var store = await CreateStoreAsync();
        var (log, healthy) = await OpenAsync(store);
        var (_, faulty) = await OpenAsync(store);
        faulty.FailingEvents = 1;

        Assert.True((await log.AnnounceAsync("lost on it")).IsAppended);
        await faulty.UntilAsync(static s => s.Snapshots.Length > 1, Deadline);
        var last = await log.AnnounceAsync("received");

        await ReachAsync(healthy, last);
        await ReachAsync(faulty, last);
        Assert.Equal(["lost on it", "received"], healthy.Events.Select(Text));
        Assert.Equal(2, faulty.Snapshots.Length);
        Assert.Equal(["lost on it"], faulty.Snapshots[1].History.Select(Text));
        Assert.Equal(["received"], faulty.Events.Select(Text));
        Assert.Null(faulty.Violation);
        Assert.Null(faulty.Lost);
    }

    [Fact]
    public async Task A_subscriber_that_cannot_be_reset_is_lost_and_harms_nobody()
    {
        var store = await CreateStoreAsync();
        var (log, healthy) = await OpenAsync(store);
        var (_, faulty) = await OpenAsync(store);
        (faulty.FailingEvents, faulty.FailsToReset) = (1, true);

        Assert.True((await log.AnnounceAsync("one")).IsAppended);
        await faulty.UntilAsync(static s => s.Lost is not null, Deadline);
        var last = await log.AnnounceAsync("two");

        await ReachAsync(healthy, last);
        Assert.Equal(2, healthy.Events.Length);
        Assert.Empty(faulty.Events);
        Assert.IsType<InvalidDataException>(faulty.Lost);
        Assert.Null(faulty.Violation);
    }

    [Fact]
    public async Task A_subscriber_is_brought_up_to_date_when_the_store_has_missed_events()
    {
        var store = await CreateStoreAsync();
        var another = await OpenAnotherStoreAsync(store);
        var (log, _) = await OpenAsync(store);
        var (_, subscriber) = await OpenAsync(another);
        await log.AnnounceAsync("before");

        await InterruptAsync(another);
        for (var i = 0; i < 20; i++)
            await log.AnnounceAsync($"{i}");

        var last = await log.AnnounceAsync("after");
        await ReachAsync(subscriber, last);
        Assert.Null(subscriber.Violation);
        var received = subscriber.Snapshots[^1].History.Concat(subscriber.Events).DistinctBy(e => e.Offset).OrderBy(e => e.Offset).Select(Text);
        Assert.Equal(["before", .. Enumerable.Range(0, 20).Select(i => $"{i}"), "after"], received);
    }

    [Fact]
    public async Task An_open_that_is_given_up_leaves_no_subscription_behind()
    {
        var store = await CreateStoreAsync();
        var (log, healthy) = await OpenAsync(store);
        var subscriber = new RecordingSubscriber();
        using var givenUp = new CancellationTokenSource();
        await givenUp.CancelAsync();

        IRoomLog? opened = null;
        try
        {
            opened = await store.OpenAsync(Room, subscriber, givenUp.Token).AsTask().WaitAsync(Deadline, TimeProvider.System);
        }
        catch (OperationCanceledException)
        {
            // The store has ended the wait, and must close the log itself. It may still be opening the log.
        }

        // A store that did not have to wait may return the log.
        if (opened is not null)
            await opened.DisposeAsync();
        var (received, appended) = (0, 0);
        do
        {
            Assert.True(appended++ < 1000, "The subscriber still receives events.");
            received = subscriber.Events.Length;
            await ReachAsync(healthy, await log.AnnounceAsync("one"));
        }
        while (subscriber.Events.Length > received);
        Assert.Null(subscriber.Violation);
    }
}
