using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>A commit that reports an error but has taken effect. Callers get an unknown outcome, and the room continues from the log's real end.</summary>
public sealed class UnknownOutcomeTests : IDisposable
{
    private static readonly RequestId _request = new(7, 1);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Subscribers_get_a_snapshot_and_the_next_append_follows_it()
    {
        await using var store = TestStore.Start(_folder.File, _time);
        var (log, subscriber) = await store.OpenAsync();
        var first = (await log.AnnounceAsync("first")).Position;
        await FailAsync(store, log);

        var next = await log.AnnounceAsync("next");

        Assert.Equal(first.Offset + 2, next.Position.Offset);
        await subscriber.ReachAsync(next.Position, Deadline.Limit);
        Assert.Null(subscriber.Violation);
        // The event of the failed commit arrives in the snapshot, not as an event.
        Assert.Equal(["first", "next"], subscriber.Events.Select(Text));
        Assert.Equal(["first", "unsure"], subscriber.Snapshots[1].History.Select(Text));
        Assert.Equal(first.Offset + 1, subscriber.Snapshots[1].Position.Offset);
        Assert.Equal(["first", "unsure", "next"], (await log.ReadAsync(null, 10, default)).Events.Select(Text));
    }

    [Fact]
    public async Task A_room_is_reloaded_without_an_append_when_the_store_has_recovered()
    {
        await using var store = TestStore.Start(_folder.File, _time);
        var (log, subscriber) = await store.OpenAsync();
        await log.AnnounceAsync("first");
        await FailAsync(store, log);
        Assert.NotNull(store.Condition.Fault);

        _time.Advance(TimeSpan.FromSeconds(1));

        await subscriber.UntilAsync(static subscriber => subscriber.Snapshots.Length == 2, Deadline.Limit);
        Assert.Null(store.Condition.Fault);
        Assert.Equal(["first", "unsure"], subscriber.Snapshots[1].History.Select(Text));
        Assert.Null(subscriber.Violation);
    }

    [Fact]
    public async Task A_repeated_request_after_an_unknown_outcome_gets_the_first_result()
    {
        await using var store = TestStore.Start(_folder.File, _time);
        var (log, _) = await store.OpenAsync();
        await FailAsync(store, log);

        var again = await log.AnnounceAsync("unsure", request: _request);

        Assert.True(again is { IsAppended: true, IsRepeated: true });
        Assert.Equal(0, again.Position.Offset);
        Assert.Single((await log.ReadAsync(null, 10, default)).Events);
    }

    [Fact]
    public async Task Rooms_that_the_commit_has_not_changed_get_no_snapshot()
    {
        await using var store = TestStore.Start(_folder.File, _time);
        var (log, _) = await store.OpenAsync();
        var (other, bystander) = await store.OpenAsync("other");
        await other.AnnounceAsync("before");
        await FailAsync(store, log);

        var next = await other.AnnounceAsync("after");

        await bystander.ReachAsync(next.Position, Deadline.Limit);
        Assert.Single(bystander.Snapshots);
        Assert.Equal(["before", "after"], bystander.Events.Select(Text));
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);

    private static async Task FailAsync(TestStore store, IRoomLog log)
    {
        LateCommitError.Arm(store.Store.Writer!.Database);
        var failure = await Assert.ThrowsAsync<RoomStoreException>(async () => await log.AnnounceAsync("unsure", request: _request));
        Assert.True(failure.IsOutcomeUnknown, failure.Message);
    }
}
