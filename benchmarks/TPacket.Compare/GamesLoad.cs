using System.Diagnostics;
using System.Globalization;

namespace TPacket.Compare;

/// <summary>
/// Plays many games of checkers, with a move per second in each. Measures the time of a move from one player to the other and its cost for the server.
/// </summary>
internal static class GamesLoad
{
    // Tiered compilation takes about twenty seconds on the server's single processor.
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
        var pacing = PaceAsync(tables, () => Interlocked.Increment(ref late), stopping.Token);
        await Task.Delay(_warmUp);
        // The event loop adds to the list meanwhile. Therefore only the count is read here; the elements are read after the last move.
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
            $"{games:N0} games, {measured.Count / elapsed.TotalSeconds:N0} moves a second: p50 {At(measured, 0.5):N2} ms, p99 {At(measured, 0.99):N2} ms, p99.9 {At(measured, 0.999):N2} ms, longest {measured[^1]:N2} ms; the server has {processorTime / elapsed:P0} of its processor, {processorTime.TotalMicroseconds / measured.Count:N0} us a move, and {server.ResidentBytes >> 20} MiB; {missed} moves were skipped because the last one was not seen within a second, {load.Wrong} were rejected"));
        return load.Wrong == 0 && missed == 0;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    /// <summary>Lets each table move once a second, evenly distributed over the second, in bursts of a millisecond.</summary>
    private static async Task PaceAsync(GameTable[] tables, Action onMissed, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        using var bursts = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        // The token ends the loop and not the wait, so that the end throws no exception.
        for (var next = 0L; !stop.IsCancellationRequested && await bursts.WaitForNextTickAsync(CancellationToken.None);)
        {
            for (var due = Stopwatch.GetElapsedTime(started).TotalSeconds * tables.Length; next <= due; next++)
            {
                if (!tables[next % tables.Length].TryMove())
                    onMissed();
            }
        }
    }
}
