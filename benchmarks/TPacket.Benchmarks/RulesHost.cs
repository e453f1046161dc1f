using Checkers.Games;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Benchmarks.Harness;

namespace TPacket.Benchmarks;

/// <summary>
/// A server for loads of other processes. Rooms with the prefix "counter" have <see cref="CounterRules"/>, rooms with the prefix "checkers" have a game.
/// </summary>
internal static class RulesHost
{
    /// <summary>The argument that starts this server.</summary>
    public const string Argument = "--serve";

    public static async Task RunAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddTPacketServer(static options =>
            (options.Address, options.Port, options.MaxConnections, options.MaxConnectionsPerAddress, options.PacketsPerSecond) = ("127.0.0.1", 0, 10_000, 0, 0))
            .AddRules("counter*", CounterRules.Command, new CounterRules())
            .AddGame<CheckersGame>("checkers*");
        await builder.Build().RunAsync();
    }
}
