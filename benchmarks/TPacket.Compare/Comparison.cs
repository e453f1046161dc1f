namespace TPacket.Compare;

/// <summary>The same loads put to several servers in turn, so that what disturbs the machine disturbs all alike.</summary>
internal static class Comparison
{
    /// <summary>The servers to measure, TPacket.Net first.</summary>
    public static IReadOnlyList<string> Servers { get; } = ["TPacket.Net", "sockets", "Kestrel"];

    /// <summary>Measures; returns the median for each scenario and server.</summary>
    /// <param name="mode">What the servers do: echo or room.</param>
    /// <param name="scenarios">The loads.</param>
    /// <param name="repetitions">How often each is measured.</param>
    /// <param name="duration">How long each time.</param>
    public static async Task<IReadOnlyList<ComparedScenario>> RunAsync(string mode, IReadOnlyList<Scenario> scenarios, int repetitions, TimeSpan duration)
    {
        var servers = new List<ServerProcess>();
        try
        {
            servers.Add(mode == "echo" ? Programs.EchoServer() : Programs.ConsoleHost());
            servers.Add(Programs.Peer("sockets", mode));
            servers.Add(Programs.Peer("kestrel", mode));
            // Until the just-in-time compiler has done its work.
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

/// <summary>What a load has cost each server, in the order of <see cref="Comparison.Servers"/>.</summary>
internal sealed record ComparedScenario(string Name, IReadOnlyList<Measurement> ByServer)
{
    /// <summary>How much of the cost of another server ours is.</summary>
    public double Ratio(int other) => ByServer[0].Cost / ByServer[other].Cost;
}
