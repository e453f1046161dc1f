using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;

namespace TPacket.Compare;

/// <summary>Measures the cost of a growing file of rooms: its length, and the times to start the host, open a room, read its last page and append.</summary>
internal static class StoreGrowth
{
    private const int TextBytes = 64;
    private const int BatchLength = 1000;
    private const int PageLength = 100;
    private const int Repetitions = 21;
    private const int Starts = 7;

    /// <param name="mostEvents">The maximum number of events in the room.</param>
    /// <param name="mostRooms">The maximum number of rooms in the file.</param>
    public static async Task RunAsync(int mostEvents, int mostRooms)
    {
        foreach (var events in new[] { 1, 100, 10_000, 1_000_000, 10_000_000 }.Where(events => events <= mostEvents))
            await MeasureAsync(rooms: 1, events);
        foreach (var rooms in new[] { 1, 100, 10_000 }.Where(rooms => rooms <= mostRooms))
            await MeasureAsync(rooms, events: 10);
    }

    private static async Task MeasureAsync(int rooms, int events)
    {
        var folder = Directory.CreateTempSubdirectory("tpacket-growth-");
        try
        {
            await FillAsync(folder.FullName, rooms, events);
            var length = folder.GetFiles("load.db*").Sum(static file => file.Length);
            var starts = new List<double>();
            for (var i = 0; i < Starts; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                using var host = await StoreLoad.StartAsync(folder.FullName, SqliteDurability.Process);
                starts.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                await host.StopAsync();
            }

            var (opened, read, appended) = await UseAsync(folder.FullName);
            StoreLoad.Print(
                $"{rooms:N0} rooms with {events:N0} events each: {length / 1024.0 / 1024.0:N1} MiB, start {Median(starts):0.0} ms, open {opened:0.00} ms, read the last {PageLength} {read:0.00} ms, append {appended:0.00} ms");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <returns>The medians in milliseconds.</returns>
    private static async Task<(double Opened, double Read, double Appended)> UseAsync(string folder)
    {
        using var host = await StoreLoad.StartAsync(folder, SqliteDurability.Process);
        var store = host.Services.GetRequiredService<IRoomStore>();
        var (opened, read, appended) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Repetitions; i++)
        {
            var follower = new Follower();
            var begun = Stopwatch.GetTimestamp();
            var log = await store.OpenAsync("room 0", follower, default);
            opened.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            var oldest = follower.Snapshot!.History[0];
            begun = Stopwatch.GetTimestamp();
            var page = await log.ReadAsync(follower.Snapshot.Position with { Offset = oldest.Offset, Check = oldest.Check }, PageLength, default);
            read.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (page.IsGone || page.Position != follower.Snapshot.Position)
                throw new InvalidOperationException("The page does not end with the log.");
            begun = Stopwatch.GetTimestamp();
            await log.AppendAsync(new RoomAppend(RoomEvent.Announcement(new byte[TextBytes])));
            appended.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await log.DisposeAsync();
        }

        await host.StopAsync();
        return (Median(opened), Median(read), Median(appended));
    }

    private static async Task FillAsync(string folder, int rooms, int events)
    {
        using var host = await StoreLoad.StartAsync(folder, SqliteDurability.Process);
        var store = host.Services.GetRequiredService<IRoomStore>();
        var text = RoomEvent.Announcement(new byte[TextBytes]);
        for (var room = 0; room < rooms; room++)
        {
            var log = await store.OpenAsync($"room {room}", new Follower(), default);
            for (var left = events; left > 0; left -= BatchLength)
                await log.AppendAsync(new RoomAppend(Enumerable.Repeat(text, Math.Min(left, BatchLength)).ToArray()));
            await log.DisposeAsync();
        }

        await host.StopAsync();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>A subscriber that keeps its first snapshot.</summary>
    private sealed class Follower : IRoomSubscriber
    {
        public RoomSnapshot? Snapshot { get; private set; }

        public void OnReset(RoomSnapshot snapshot) => Snapshot = snapshot;

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
        }

        public void OnLost(Exception cause)
        {
        }
    }
}
