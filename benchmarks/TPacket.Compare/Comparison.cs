namespace TPacket.Compare;

/// <summary>Runs the same loads on several servers in turn, so that disturbances of the machine affect all servers alike.</summary>
internal static class Comparison
{
    /// <summary>The measured servers, TPacket.Net first.</summary>
    public static IReadOnlyList<string> Servers { get; } = ["TPacket.Net", "sockets", "Kestrel"];

    /// <summary>Measures, and returns the median for each scenario and server.</summary>
    /// <param name="mode">The mode of the servers: echo or room.</param>
    /// <param name="scenarios">The loads.</param>
    /// <param name="repetitions">The number of measurements of each.</param>
    /// <param name="duration">The duration of a measurement.</param>
    public static async Task<IReadOnlyList<ComparedScenario>> RunAsync(string mode, IReadOnlyList<Scenario> scenarios, int repetitions, TimeSpan duration)
    {
        var servers = new List<ServerProcess>();
        try
        {
            servers.Add(mode == "echo" ? Programs.EchoServer() : Programs.ConsoleHost());
            servers.Add(Programs.Peer("sockets", mode));
            servers.Add(Programs.Peer("kestrel", mode));
            // Warms up, until the just-in-time compiler has finished.
            foreach (var server in servers)
                await scenarios[^1].RunAsync(server, 2 * duration);

            var measured = scenarios.Select(_ => servers.ConvertAll(_ => new List<Measurement>())).ToList();
            for (var repetition = 0; repetition < repetitions; repetition++)
            {
                foreach (var (scenario, of) in scenarios.Zip(measured))
                {
                    foreach (var (server, into) in servers.Zip(of))
                    {
                        into.Add(await scenario.RunAsync(server, duration));
                        if (into[^1].Wrong > 0)
                            await Console.Error.WriteLineAsync($"{Servers[servers.IndexOf(server)]}: {scenario.Name}: {into[^1].Wrong} messages were lost, repeated, reordered or changed.");
                    }
                }
            }

            return [.. scenarios.Zip(measured, (scenario, of) => new ComparedScenario(scenario.Name, of.ConvertAll(Measurement.Median)))];
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }
}

/// <summary>The cost of a load for each server, in the order of <see cref="Comparison.Servers"/>.</summary>
internal sealed record ComparedScenario(string Name, IReadOnlyList<Measurement> ByServer)
{
    /// <summary>Returns the ratio of our cost to another server's.</summary>
    public double Ratio(int other) => ByServer[0].Cost / ByServer[other].Cost;
}
