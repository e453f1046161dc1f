using System.Globalization;
using Xunit.Abstractions;

namespace TPacket.Clients.Tests.Chaos;

/// <summary>
/// Fifty clients of both kinds on networks that fail, with a server that is stopped and killed (docs/protocol.md, Sessions). TPACKET_CHAOS_ROUNDS says for how long (5 rounds where it is not set), TPACKET_CHAOS_SEED with which
/// seed.
/// </summary>
[Collection(nameof(NodeCollection))]
public sealed class ChaosTests(NodeFixture node, ITestOutputHelper output)
{
    private const int MostFindings = 20;

    // Of each round, with the time to come back; a bound for failures.
    private static readonly TimeSpan _longestRound = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Nobody_is_lost_and_nothing_is_repeated()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("TPACKET_CHAOS_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("TPACKET_CHAOS_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        output.WriteLine($"Seed {seed}, {rounds} rounds.");
        using var deadline = new CancellationTokenSource(_longestRound * (rounds + 1));
        await using var run = new ChaosRun(seed, node.Node);

        var record = await run.RunAsync(rounds, deadline.Token);

        output.WriteLine(run.Summary);
        // A store that answers too slowly on a slow machine is no fault of sessions: whoever was refused has come again.
        foreach (var error in run.ServerErrors)
            output.WriteLine(error);
        output.WriteLine($"logs: {string.Join(", ", record.Logs.Values.Select(static log => $"{log.Name} {log.Entries.Count} events"))}");
        // Whole, where there is something.
        Assert.Equal("", string.Join('\n', RecordChecker.Check(record).Take(MostFindings)));
    }
}
