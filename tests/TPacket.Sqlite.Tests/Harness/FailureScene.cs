using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite.Hosting;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A file that temporarily cannot be used. Appends numbered texts, and asserts that the file has exactly the acknowledged ones.</summary>
public abstract class FailureScene : IDisposable
{
    private int _said;

    private protected TemporaryFolder Folder { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private protected List<string> Acknowledged { get; } = [];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);

    private protected static async Task<(HealthStatus, string?)> CheckAsync(TestStore store)
    {
        var registration = new HealthCheckRegistration("store", new SqliteHealthCheck(store.Condition), failureStatus: null, tags: null);
        var result = await registration.Factory(null!).CheckHealthAsync(new HealthCheckContext { Registration = registration });
        return (result.Status, result.Description);
    }

    private protected async Task<AppendResult> SayOnceAsync(IRoomLog log)
    {
        var text = $"{Interlocked.Increment(ref _said)}";
        var result = await log.AnnounceAsync(text);
        Assert.True(result.IsAppended);
        lock (Acknowledged)
            Acknowledged.Add(text);
        return result;
    }

    private protected async Task SayAsync(IRoomLog log, int count)
    {
        for (var i = 0; i < count; i++)
            await SayOnceAsync(log);
    }

    private protected async Task<RoomStoreException?> TrySayAsync(IRoomLog log, string text)
    {
        try
        {
            Assert.True((await log.AnnounceAsync(text)).IsAppended);
            Acknowledged.Add(text);
            return null;
        }
        catch (RoomStoreException e)
        {
            return e;
        }
    }

    private protected async Task<RoomStoreException> FailAsync(IRoomLog log)
    {
        // A few pages may still be free.
        for (var i = 0; i < 100; i++)
        {
            if (await TrySayAsync(log, $"{Interlocked.Increment(ref _said)}") is { } failure)
                return failure;
        }

        throw new InvalidOperationException("No append has failed.");
    }

    /// <summary>Advances the time by one tick and waits until the writer has executed it.</summary>
    private protected async Task PassAsync(TestStore store)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        // The writer opens the room after the tick. Opening an open room does not access the file.
        var (log, _) = await store.OpenAsync();
        await log.DisposeAsync();
    }

    private protected async Task AllAreThereAsync(string file)
    {
        Assert.Equal("ok", FileInspector.CheckIntegrity(file));
        await using var store = TestStore.Start(file, Time);
        var (log, _) = await store.OpenAsync();
        var texts = new List<string>();
        for (var position = default(RoomPosition?); await log.ReadAsync(position, 10_000, default) is { Events.Count: > 0 } page; position = page.Position)
            texts.AddRange(page.Events.Select(Text));
        Assert.Equal(Acknowledged.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }
}
