using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;

namespace TPacket.Compare;

/// <summary>Loads room stores without connections. Measures the maximum rate of appends, and the latency at a lower rate.</summary>
internal static class StoreLoad
{
    private const int Rooms = 100;
    private const int Talking = 10;
    private const int InFlight = 32;
    private const int TextBytes = 64;
    private const double PromisedRate = 50_000;

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
                foreach (var paced in new[] { PromisedRate / 2, rate / 2 })
                {
                    var (reached, latencies) = await PaceAsync(store, paced, duration);
                    Print($"{name}: p50 {At(latencies, 0.5):0.00} ms, p99 {At(latencies, 0.99):0.00} ms, longest {latencies[^1]:0.0} ms at {reached:N0} a second of {paced:N0}");
                }

                await host.StopAsync();
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    internal static async Task<double> AppendAsync(IRoomStore store, TimeSpan duration)
    {
        var logs = await OpenAsync(store, Rooms);
        using var end = new CancellationTokenSource();
        var count = 0L;
        var workers = logs.Take(Talking).SelectMany(log => Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            var text = new byte[TextBytes];
            for (var appended = 1; !end.IsCancellationRequested; appended++)
            {
                await log.AppendAsync(new RoomAppend(RoomEvent.Announcement(text)));
                Interlocked.Increment(ref count);
                // A store in memory completes synchronously, so the loop would keep the pool's thread.
                if (appended % 1000 == 0)
                    await Task.Yield();
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
        var measured = await PaceAsync(logs[..Talking], rate, duration);
        foreach (var log in logs)
            await log.DisposeAsync();
        return measured;
    }

    /// <summary>Appends to rooms in turn at a rate, in bursts of a millisecond.</summary>
    internal static async Task<(double Rate, double[] Latencies)> PaceAsync(IReadOnlyList<IRoomLog> logs, double rate, TimeSpan duration)
    {
        var latencies = new double[(int)(rate * duration.TotalSeconds * 2)];
        var text = new byte[TextBytes];
        var started = Stopwatch.GetTimestamp();
        var (sent, answered) = (0, 0);
        using var bursts = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (await bursts.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
        {
            for (; sent < latencies.Length && sent < elapsed.TotalSeconds * rate; sent++)
                _ = TimeAsync(logs[sent % logs.Count], sent);
        }

        var reached = sent / Stopwatch.GetElapsedTime(started).TotalSeconds;
        while (Volatile.Read(ref answered) < sent)
            await bursts.WaitForNextTickAsync();
        Array.Sort(latencies, 0, sent);
        return (reached, latencies[..sent]);

        async Task TimeAsync(IRoomLog log, int number)
        {
            var begun = Stopwatch.GetTimestamp();
            await log.AppendAsync(new RoomAppend(RoomEvent.Announcement(text)));
            latencies[number] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            Interlocked.Increment(ref answered);
        }
    }

    internal static async Task<IHost> StartAsync(string folder, SqliteDurability? durability)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var server = builder.Services.AddTPacketServer(options => options.Port = 0);
        if (durability is { } survives)
            server.UseSqlite(options => (options.Path, options.Durability, options.RetentionMessages, options.RetentionBytes) = (Path.Combine(folder, "load.db"), survives, 10_000_000, int.MaxValue));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    internal static async Task<IRoomLog[]> OpenAsync(IRoomStore store, int count)
    {
        var logs = new IRoomLog[count];
        for (var i = 0; i < count; i++)
            logs[i] = await store.OpenAsync($"room {i}", new Nobody(), default);
        return logs;
    }

    internal static double At(double[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)];

    internal static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A subscriber that ignores events.</summary>
    internal sealed class Nobody : IRoomSubscriber
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
