using System.Diagnostics;
using TPacket.Server;

namespace TPacket.Compare.Redis;

/// <summary>Measures the store on Redis without connections: the cost of an append for a node and Redis, and the processor time and memory of idle rooms.</summary>
internal static class RedisStoreLoad
{
    private const int Rooms = 100;
    private const double Rate = 2000;
    private const int Repetitions = 5;
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(2);

    /// <summary>Measures appends at an even rate and at the maximum rate, in memory and on Redis in turn.</summary>
    /// <param name="inBrief">Whether to run only a smoke test.</param>
    /// <param name="showsCommands">Whether to print Redis' statistics of commands, too.</param>
    public static async Task AppendAsync(bool inBrief, bool showsCommands)
    {
        (string Name, string[]? Settings)[] kinds = [("memory", null), ("Redis, no append-only file", []), ("Redis, everysec", ["--appendonly", "yes"]), ("Redis, always", ["--appendonly", "yes", "--appendfsync", "always"])];
        List<StoreHost> stores = [];
        try
        {
            foreach (var (name, settings) in kinds)
                stores.Add(await StoreHost.StartAsync(name, settings));
            // Warms up, until the just-in-time compiler has finished.
            foreach (var store in stores)
                await store.PaceAsync(Rooms, Rate, inBrief ? _duration : 2 * _duration);
            stores[1].Redis!.ResetStatistics();
            var measured = stores.ConvertAll(static _ => new List<StoreMeasurement>());
            for (var i = 0; i < (inBrief ? 1 : Repetitions); i++)
            {
                foreach (var (store, into) in stores.Zip(measured))
                    into.Add(await store.PaceAsync(Rooms, Rate, _duration));
            }

            foreach (var (store, of) in stores.Zip(measured))
                StoreLoad.Print($"{store.Name}: an append costs the node {Range(of, static one => one.Node)} us and Redis {Range(of, static one => one.Redis)} us of processor time, and allocates {Range(of, static one => one.Allocated)} bytes; p50 {Range(of, static one => one.Median)} ms, p99 {Range(of, static one => one.Late)} ms at {of[0].Rate:N0} a second");
            if (showsCommands)
                Console.WriteLine(string.Join('\n', stores[1].Redis!.CommandStatistics));
            foreach (var store in stores.Skip(1))
            {
                var rate = await StoreLoad.AppendAsync(store.Store, _duration);
                StoreLoad.Print($"{store.Name}: {rate:N0} appends a second at most");
            }
        }
        finally
        {
            foreach (var store in stores)
                await store.DisposeAsync();
        }
    }

    /// <summary>Opens a growing number of rooms with ten events each, and measures their idle cost and memory.</summary>
    public static async Task GrowAsync(int most)
    {
        foreach (var rooms in new[] { 0, 100, 1000, 10_000 }.Where(rooms => rooms <= most))
        {
            await using var store = await StoreHost.StartAsync("Redis", []);
            var before = store.Redis!.UsedBytes;
            var opening = Stopwatch.GetTimestamp();
            var logs = await StoreLoad.OpenAsync(store.Store, rooms);
            var opened = Stopwatch.GetElapsedTime(opening);
            var empty = store.Redis.UsedBytes;
            foreach (var chunk in logs.Chunk(100))
                await Task.WhenAll(chunk.Select(static async log => await log.AppendAsync(StoreHost.Events(10))));
            var full = store.Redis.UsedBytes;
            await Task.Delay(_duration);
            var rest = await store.RestAsync(2 * _duration);
            var paced = rooms == 0 ? default : await store.PaceAsync(logs, 1000, _duration);
            var free = store.Redis.UsedBytes;
            var members = Math.Min(rooms, 100) * 10;
            for (var i = 0; i < members; i++)
                await logs[i / 10].AppendAsync(new RoomAppend(RoomEvent.Joined(new RoomMember(0x1000 + i, $"member {i:D5}", session: i + 1))));
            var joined = members == 0 ? 0 : (store.Redis.UsedBytes - free) / members;
            StoreLoad.Print($"{rooms} rooms: opening one takes {(rooms == 0 ? 0 : opened.TotalMilliseconds / rooms):0.00} ms; at rest {rest.Node:0.0} ms a second of the node's processor and {rest.Redis:0.0} ms of Redis'; an append costs {paced.Node:0.0} us and {paced.Redis:0.0} us; Redis holds {(rooms == 0 ? 0 : (empty - before) / rooms)} bytes an empty room, and {(rooms == 0 ? 0 : (full - empty) / rooms / 10)} an event of 64 bytes, {joined} a member with its join");
        }
    }

    /// <summary>Fills a room, and measures appends and opening as its history grows.</summary>
    public static async Task FillAsync(int most)
    {
        await using var store = await StoreHost.StartAsync("Redis", [], options => (options.RetentionMessages, options.RetentionBytes) = (1_000_000, int.MaxValue));
        var log = (await StoreLoad.OpenAsync(store.Store, 1))[0];
        var before = store.Redis!.UsedBytes;
        var count = 0;
        foreach (var events in new[] { 100, 1000, 10_000, 100_000 }.Where(events => events <= most))
        {
            for (; count < events; count += 100)
                await log.AppendAsync(StoreHost.Events(100));
            var held = store.Redis.UsedBytes - before;
            var paced = await store.PaceAsync([log], 500, _duration);
            var opening = Stopwatch.GetTimestamp();
            const int times = 100;
            for (var i = 0; i < times; i++)
                await using (await store.Store.OpenAsync("room 0", new StoreLoad.Nobody(), default))
                {
                }

            var opened = Stopwatch.GetElapsedTime(opening).TotalMilliseconds / times;
            StoreLoad.Print($"{events} events: {held / 1024.0 / 1024:0.0} MiB, {held / (double)events:0} bytes an event; an append costs {paced.Node:0.0} us and {paced.Redis:0.0} us, p50 {paced.Median:0.00} ms; opening {opened:0.00} ms");
            count += (int)(500 * _duration.TotalSeconds);
        }
    }

    private static string Range(List<StoreMeasurement> of, Func<StoreMeasurement, double> value)
    {
        var sorted = of.Select(value).Order().ToList();
        return FormattableString.Invariant($"{sorted[sorted.Count / 2]:0.00} ({sorted[0]:0.00} to {sorted[^1]:0.00})");
    }
}
