using System.Globalization;

namespace TPacket.Compare.Redis;

/// <summary>
/// Measures rooms on Redis with connections: the costs of a delivery for the nodes and of a message for Redis, and the delay, compared with
/// rooms in memory and SignalR.
/// </summary>
internal static class RedisLoad
{
    private const int Repetitions = 5;
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(3);

    // After 8 s, nodes still spend half of their time in the just-in-time compiler.
    private static readonly TimeSpan _untilCompiled = TimeSpan.FromSeconds(30);

    /// <summary>Measures rooms of several sizes, in memory and on one, two and three nodes.</summary>
    public static async Task<bool> CompareAsync(bool inBrief)
    {
        using var memory = Cluster.InMemory();
        using var one = Cluster.OnRedis(nodes: 1);
        using var two = Cluster.OnRedis(nodes: 2);
        using var three = Cluster.OnRedis(nodes: 3);
        PacedScenario[] scenarios = [new(100, 10, 10, 1000), new(1, 100, 10, 200), new(1, 1000, 100, 30)];
        return await CompareAsync([memory, one, two, three], inBrief ? [scenarios[1]] : scenarios, inBrief);
    }

    /// <summary>Compares a room of a hundred with a SignalR group, both on three nodes.</summary>
    public static async Task<bool> CompareWithSignalRAsync(bool inBrief)
    {
        using var ours = Cluster.OnRedis(nodes: 3);
        using var collected = Cluster.OnRedis(nodes: 3, interval: 10);
        using var json = Cluster.OfSignalR(nodes: 3, isBinary: false);
        using var binary = Cluster.OfSignalR(nodes: 3, isBinary: true);
        return await CompareAsync([ours, collected, json, binary], [new(1, 100, 10, 100), new(1, 100, 10, 400), new(1, 100, 10, 1200)], inBrief);
    }

    /// <summary>Measures thirty rooms of ten on three nodes at rising rates.</summary>
    /// <param name="inBrief">Whether to run only a smoke test.</param>
    /// <param name="folder">The folder of the page, for its charts; null for none.</param>
    public static async Task<bool> RiseAsync(bool inBrief, string? folder)
    {
        using var three = Cluster.OnRedis(nodes: 3);
        int[] rates = inBrief ? [500, 1000] : [250, 500, 1000, 2000, 4000, 8000];
        List<List<PacedMeasurement>> measured = [];
        var isRight = await CompareAsync([three], [.. rates.Select(static rate => new PacedScenario(30, 10, 10, rate))], inBrief, (_, of) => measured.Add(of));
        if (folder is not null)
        {
            Draw("redis-cost", "Processor time of three nodes and of Redis", "µs a message", "µs", of => (10 * of.Delivery) + of.Message);
            Draw("redis-way", "Half of the deliveries of a message", "ms on their way at most", "ms", static of => of.Median);
        }

        return isRight;

        void Draw(string name, string title, string value, string unit, Func<PacedMeasurement, double> read) => File.WriteAllText(
            Path.Combine(folder!, "charts", name + ".svg"),
            LineChart.Draw(new Curve(name, title, "messages a second", [.. rates.Zip(measured, (rate, of) => (rate, new Measurement(Range(of, read).Median, rate, 0)))]), value, unit));
    }

    private static async Task<bool> CompareAsync(Cluster[] clusters, PacedScenario[] scenarios, bool inBrief, Action<Cluster, List<PacedMeasurement>>? onMeasured = null)
    {
        Console.WriteLine($"Measured on {Report.Machine}.\n");
        // Warms up, until the just-in-time compiler has finished.
        foreach (var cluster in clusters)
            await scenarios.MaxBy(static scenario => scenario.Rate)!.RunAsync(cluster, _warmUp, inBrief ? _duration : _untilCompiled);
        var wrong = 0L;
        Console.WriteLine("| | | a delivery costs the nodes, µs | range | of the first | range of the pairs | a message costs Redis, µs | range | messages a second | p50, ms | p99, ms |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var scenario in scenarios)
        {
            var measured = clusters.Select(static _ => new List<PacedMeasurement>()).ToArray();
            // Measures in turn, so that disturbances of the machine affect all alike.
            for (var repetition = 0; repetition < (inBrief ? 2 : Repetitions); repetition++)
            {
                foreach (var (cluster, into) in clusters.Zip(measured))
                    into.Add(await scenario.RunAsync(cluster, _warmUp, _duration));
            }

            wrong += measured.SelectMany(static each => each).Sum(static one => one.Wrong);
            foreach (var (cluster, of) in clusters.Zip(measured))
            {
                Print(scenario, cluster, of, measured[0]);
                onMeasured?.Invoke(cluster, of);
            }
        }

        Console.WriteLine(wrong == 0 ? "\nNothing was lost, repeated, reordered or changed." : $"\n{wrong} messages were lost, repeated, reordered or changed.");
        return wrong == 0;
    }

    private static void Print(PacedScenario scenario, Cluster cluster, List<PacedMeasurement> of, List<PacedMeasurement> first)
    {
        var delivery = Range(of, static one => one.Delivery);
        var ratio = Range([.. of.Zip(first)], static pair => pair.First.Delivery / pair.Second.Delivery);
        var message = Range(of, static one => one.Message);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Name} | {cluster.Name} | {delivery.Median:F2} | {delivery.Least:F2} to {delivery.Most:F2} | {ratio.Median:F2} | {ratio.Least:F2} to {ratio.Most:F2} | {message.Median:F0} | {message.Least:F0} to {message.Most:F0} | {Range(of, static one => one.Rate).Median:N0} | {Range(of, static one => one.Median).Median:F2} | {Range(of, static one => one.Late).Median:F2} |"));
    }

    private static (double Least, double Median, double Most) Range<T>(IReadOnlyCollection<T> of, Func<T, double> value)
    {
        var sorted = of.Select(value).Order().ToList();
        return (sorted[0], sorted[sorted.Count / 2], sorted[^1]);
    }
}
