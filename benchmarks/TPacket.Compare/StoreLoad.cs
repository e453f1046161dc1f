using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;

namespace TPacket.Compare;

/// <summary>Loads a room store without connections: how many appends it takes a second, how long one takes at half of that, and what opening and starting cost as the file grows.</summary>
internal static class StoreLoad
{
    private const int Rooms = 100;
    private const int Talking = 10;
    private const int InFlight = 32;
    private const int TextBytes = 64;

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(bool inBrief)
    {
        var duration = inBrief ? TimeSpan.FromSeconds(0.3) : _duration;
        foreach (var durability in new SqliteDurability?[] { null, SqliteDurability.Process, SqliteDurability.Full })
        {
            var folder = Directory.CreateTempSubdirectory("tpacket-load-");
            try
            {
                using var host = await StartAsync(folder.FullName, durability);
                var store = host.Services.GetRequiredService<IRoomStore>();
                var rate = await AppendAsync(store, duration);
                var name = durability?.ToString() ?? "memory";
                Print($"{name}: {rate:N0} appends a second, {Rooms} rooms, {Talking} talk, {InFlight} in flight each, {TextBytes} bytes");
                var (half, latencies) = await PaceAsync(store, rate / 2, duration);
                Print($"{name}: p50 {At(latencies, 0.5):0.00} ms, p99 {At(latencies, 0.99):0.00} ms, longest {latencies[^1]:0.0} ms at {half:N0} a second");
                await host.StopAsync();
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        await GrowEventsAsync(inBrief ? [100, 1000] : [100, 1000, 10_000, 100_000, 1_000_000]);
        await GrowRoomsAsync(inBrief ? [1, 100] : [1, 10, 100, 1000, 10_000]);
    }

    private static async Task<double> AppendAsync(IRoomStore store, TimeSpan duration)
    {
        var logs = await OpenAsync(store, Rooms);
        using var end = new CancellationTokenSource();
        var count = 0L;
        var workers = logs.Take(Talking).SelectMany(log => Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            var text = new byte[TextBytes];
            while (!end.IsCancellationRequested)
            {
                await log.AppendAsync(new RoomAppend(RoomEvent.Announcement(text)));
                Interlocked.Increment(ref count);
            }
        }))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1));
        var (before, started) = (Volatile.Read(ref count), Stopwatch.GetTimestamp());
        await Task.Delay(duration);
        var rate = (Volatile.Read(ref count) - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await end.CancelAsync();
        await Task.WhenAll(workers);
        foreach (var log in logs)
            await log.DisposeAsync();
        return rate;
    }

    /// <summary>Appends at a rate, in bursts of a millisecond.</summary>
    private static async Task<(double Rate, double[] Latencies)> PaceAsync(IRoomStore store, double rate, TimeSpan duration)
    {
        var logs = await OpenAsync(store, Rooms);
        var latencies = new List<double>();
        var pending = new List<Task>();
        var text = new byte[TextBytes];
        var started = Stopwatch.GetTimestamp();
        var sent = 0;
        using var bursts = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (await bursts.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
        {
            for (; sent < elapsed.TotalSeconds * rate; sent++)
                pending.Add(TimeAsync(logs[sent % Talking]));
            if (pending.Count > 100_000)
                pending.RemoveAll(static task => task.IsCompleted);
        }

        var reached = sent / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Task.WhenAll(pending);
        foreach (var log in logs)
            await log.DisposeAsync();
        latencies.Sort();
        return (reached, [.. latencies]);

        async Task TimeAsync(IRoomLog log)
        {
            var begun = Stopwatch.GetTimestamp();
            await log.AppendAsync(new RoomAppend(RoomEvent.Announcement(text)));
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
    }

    private static async Task GrowEventsAsync(int[] counts)
    {
        foreach (var count in counts)
        {
            var folder = Directory.CreateTempSubdirectory("tpacket-load-");
            try
            {
                await FillAsync(folder.FullName, 1, count);
                using var host = await StartAsync(folder.FullName, SqliteDurability.Process);
                var store = host.Services.GetRequiredService<IRoomStore>();
                await OpenAsync(store, 1, "warm");
                var times = new List<double>();
                for (var i = 0; i < 21; i++)
                {
                    var begun = Stopwatch.GetTimestamp();
                    var log = await store.OpenAsync("room 0", new Nobody(), default);
                    times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    await log.DisposeAsync();
                }

                var first = times[0];
                times.Sort();
                Print($"opening a room with {count:N0} events: {times[10]:0.00} ms (the first time {first:0.00} ms)");
                await host.StopAsync();
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static async Task GrowRoomsAsync(int[] counts)
    {
        foreach (var count in counts)
        {
            var folder = Directory.CreateTempSubdirectory("tpacket-load-");
            try
            {
                await FillAsync(folder.FullName, count, 10);
                var times = new List<double>();
                for (var i = 0; i < 7; i++)
                {
                    var begun = Stopwatch.GetTimestamp();
                    using var host = await StartAsync(folder.FullName, SqliteDurability.Process);
                    times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    await host.StopAsync();
                }

                times.Sort();
                Print($"starting with {count:N0} rooms: {times[3]:0.0} ms");
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static async Task FillAsync(string folder, int rooms, int events)
    {
        using var host = await StartAsync(folder, SqliteDurability.Process);
        var store = host.Services.GetRequiredService<IRoomStore>();
        var text = RoomEvent.Announcement(new byte[TextBytes]);
        for (var room = 0; room < rooms; room++)
        {
            var log = await store.OpenAsync($"room {room}", new Nobody(), default);
            for (var left = events; left > 0; left -= 1000)
                await log.AppendAsync(new RoomAppend(Enumerable.Repeat(text, Math.Min(left, 1000)).ToArray()));
            await log.DisposeAsync();
        }

        await host.StopAsync();
    }

    private static async Task<IHost> StartAsync(string folder, SqliteDurability? durability)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var server = builder.Services.AddTPacketServer(options => options.Port = 0);
        if (durability is { } survives)
            server.UseSqlite(options => (options.Path, options.Durability, options.RetentionMessages, options.RetentionBytes) = (Path.Combine(folder, "load.db"), survives, 10_000_000, int.MaxValue));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<IRoomLog[]> OpenAsync(IRoomStore store, int count, string name = "room")
    {
        var logs = new IRoomLog[count];
        for (var i = 0; i < count; i++)
            logs[i] = await store.OpenAsync($"{name} {i}", new Nobody(), default);
        return logs;
    }

    private static double At(double[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)];

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Follows a room and does nothing with it.</summary>
    private sealed class Nobody : IRoomSubscriber
    {
        public void OnReset(RoomSnapshot snapshot)
        {
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
        }

        public void OnLost(Exception cause)
        {
        }
    }
}
