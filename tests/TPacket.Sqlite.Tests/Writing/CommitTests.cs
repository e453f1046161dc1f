using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>The number of appends in a commit, and the durability of commits.</summary>
public sealed class CommitTests : IDisposable
{
    private const int Waiting = 50;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(0, Waiting)]
    public async Task Appends_that_wait_are_committed_together_unless_the_period_is_over(int period, int commits)
    {
        await using var store = TestStore.Start(
            _folder.File, _time, options => (options.BusyTimeout, options.CommitPeriod) = (TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(period)));
        var (log, subscriber) = await store.OpenAsync();
        await log.AnnounceAsync("the room has a row");
        var batches = new Recorder<int>();
        using var listener = Listen(store, batches);
        Task<AppendResult>[] waiting;
        using (var other = Database.Open(_folder.File, DatabaseAccess.Write, TimeSpan.Zero))
        {
            // The first append waits for this connection's lock, and the other appends wait for the first one.
            other.Execute("BEGIN IMMEDIATE");
            waiting = [.. Enumerable.Range(0, Waiting).Select(i => log.AnnounceAsync($"{i}").AsTask())];
            Assert.Empty(batches.All);
        }

        var last = (await Task.WhenAll(waiting))[^1];

        await subscriber.ReachAsync(last.Position, Deadline.Limit);
        Assert.Equal(Enumerable.Repeat(Waiting / commits, commits), batches.All);
    }

    [Theory]
    [InlineData(SqliteDurability.Process, 1)]
    [InlineData(SqliteDurability.Full, 2)]
    public async Task Each_writing_connection_has_the_configured_durability(SqliteDurability durability, int synchronous)
    {
        await using var store = TestStore.Start(_folder.File, _time, options => options.Durability = durability);
        var (log, _) = await store.OpenAsync();
        await log.AnnounceAsync("first");
        var first = store.Store.Writer!.Database;
        Assert.Equal(synchronous, first.Scalar("PRAGMA synchronous"));

        File.Delete(_folder.File);
        _time.Advance(TimeSpan.FromSeconds(1));
        // Executed after the tick, which reopens the connection.
        await log.AnnounceAsync("second");

        Assert.NotSame(first, store.Store.Writer.Database);
        Assert.Equal(synchronous, store.Store.Writer.Database.Scalar("PRAGMA synchronous"));
    }

    public void Dispose() => _folder.Dispose();

    private static MeterListener Listen(TestStore store, Recorder<int> batches)
    {
        // Parallel tests publish instruments after this store has ended.
        var meters = store.Meters;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SqliteMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == "tpacket.sqlite.commit.operations")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => batches.Add(value));
        listener.Start();
        return listener;
    }
}
