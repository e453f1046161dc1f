using System.Diagnostics;
using System.Globalization;

namespace TPacket.Compare;

/// <summary>Plays many games of checkers at once, a move a second in each, and measures how long a move takes from one player to the other, and what it costs the server.</summary>
internal static class GamesLoad
{
    // The runtime compiles again for some twenty seconds, on the one processor of the server.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(40);

    public static async Task<bool> RunAsync(int games, TimeSpan duration)
    {
        using var server = Programs.RulesHost();
        using var load = new Load();
        var delays = new List<double>();
        var tables = Enumerable.Range(0, games).Select(i => new GameTable(i, delays)).ToArray();
        await load.ConnectAsync(server.EndPoint, 2 * games, i => new GamePlayer(load, $"{load.Name}.{i}", $"checkers {load.Name} {i / 2}", tables[i / 2]));
        var stopping = new CancellationTokenSource();
        var late = 0L;
        var pacing = Task.Run(() => Pace(tables, ref late, stopping.Token));
        await Task.Delay(_warmUp);
        // The list grows on the event loop: its count is read here, and the rest of it when nobody moves any more.
        var (started, begun, processorTime, lateBefore) = (Stopwatch.GetTimestamp(), delays.Count, server.ProcessorTime, Volatile.Read(ref late));
        await Task.Delay(duration);
        var (elapsed, ended) = (Stopwatch.GetElapsedTime(started), delays.Count);
        processorTime = server.ProcessorTime - processorTime;
        var missed = Volatile.Read(ref late) - lateBefore;
        await stopping.CancelAsync();
        await pacing;
        await Task.Delay(TimeSpan.FromSeconds(1));
        var measured = delays[begun..ended];
        measured.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{games:N0} games, {measured.Count / elapsed.TotalSeconds:N0} moves a second: p50 {At(measured, 0.5):N2} ms, p99 {At(measured, 0.99):N2} ms, p99.9 {At(measured, 0.999):N2} ms, longest {measured[^1]:N2} ms; the server has {processorTime / elapsed:P0} of its processor, {processorTime.TotalMicroseconds / measured.Count:N0} us a move, and {server.ResidentBytes >> 20} MiB; {missed} moves were not made because the one before was not seen within a second, {load.Wrong} were refused"));
        return load.Wrong == 0 && missed == 0;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    /// <summary>Has each table move once a second, spread over the second.</summary>
    private static void Pace(GameTable[] tables, ref long late, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        for (var next = 0L; !stop.IsCancellationRequested; next++)
        {
            var due = TimeSpan.FromSeconds((double)next / tables.Length);
            while (Stopwatch.GetElapsedTime(started) < due)
                Thread.Sleep(1);
            if (!tables[next % tables.Length].TryMove())
                Interlocked.Increment(ref late);
        }
    }
}
