using System.Globalization;
using System.Net;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Redis.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// Fifty clients of both kinds on networks that fail, with a server that is stopped and killed (docs/protocol.md, Sessions). TPACKET_CHAOS_ROUNDS is the number of rounds (default: 5), TPACKET_CHAOS_SEED the seed.
/// With TPACKET_CHAOS_REDIS=1 the run also kills Redis.
/// </summary>
[Collection(nameof(NodeCollection))]
public sealed class ChaosTests(NodeFixture node, ITestOutputHelper output)
{
    private const int MostFindings = 20;

    // The time limit of each part of a run, which bounds a failure.
    private static readonly TimeSpan _longestPart = TimeSpan.FromMinutes(3);

    [Fact]
    public Task No_user_is_lost_and_no_event_is_repeated() => RunAsync(static moved => new ChaosServer(moved));

    [Fact]
    public async Task No_user_is_lost_and_no_event_is_repeated_if_three_servers_share_one_Redis()
    {
        // The tests lie in <artifacts>/bin/<project>/<configuration>.
        var artifacts = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName;
        var program = await RedisProgram.FindAsync(artifacts, output.WriteLine);
        await RunAsync(moved => new ChaosCluster(program, Environment.GetEnvironmentVariable("TPACKET_CHAOS_REDIS") == "1", moved));
    }

    private async Task RunAsync(Func<Action<IPEndPoint?>, IChaosServer> server)
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("TPACKET_CHAOS_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("TPACKET_CHAOS_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        output.WriteLine($"Seed {seed}, {rounds} rounds.");
        await using var run = new ChaosRun(seed, node.Node, server, _longestPart);

        ChaosRecord record;
        try
        {
            record = await run.RunAsync(rounds);
        }
        finally
        {
            output.WriteLine(run.Summary);
        }

        // On a slow machine the store may answer too slowly. That is no fault of sessions: the refused clients have reconnected.
        foreach (var error in run.ServerErrors)
            output.WriteLine(error);
        output.WriteLine($"logs: {string.Join(", ", record.Logs.Values.Select(static log => $"{log.Name} {log.Entries.Count} events"))}");
        var findings = RecordChecker.Check(record).Take(MostFindings).ToArray();
        // Assert.Empty truncates its output.
        foreach (var finding in findings)
            output.WriteLine(finding);
        Assert.Empty(findings);
    }
}
