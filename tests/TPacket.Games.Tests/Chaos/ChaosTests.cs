using System.Globalization;
using System.Text.Json;
using Checkers.Games;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Games.Tests.Harness;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Games.Tests.Chaos;

/// <summary>
/// Games over real WebSockets. Connections drop, clients resume and take over their sessions, and the server restarts on its file. TPACKET_GAME_CHAOS is the duration in seconds; TPACKET_GAME_CHAOS_SEED repeats the decisions of a run.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-chaos-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task All_members_see_the_same_games_and_each_game_replays_to_its_result_under_faults()
    {
        var seed = Number("TPACKET_GAME_CHAOS_SEED") ?? Random.Shared.Next();
        var steps = 10 * (Number("TPACKET_GAME_CHAOS") ?? 3);
        output.WriteLine($"TPACKET_GAME_CHAOS_SEED={seed}");
        var random = new Random(seed);
        var logged = new LoggedGames();
        await using var proxy = new CuttingProxy();
        var server = await StartAsync(logged);
        proxy.Target = server.EndPoint;
        var tables = new List<ChaoticTable>();
        try
        {
            tables.Add(await ChaoticTable.SeatAsync(proxy.Uri, "checkers-1", random, bot: null, MovesOfCheckers));
            tables.Add(await ChaoticTable.SeatAsync(proxy.Uri, "checkers-2", random, bot: "casual", MovesOfCheckers));
            tables.Add(await ChaoticTable.SeatAsync(proxy.Uri, "hands-1", random, bot: null, static _ => ["rock", "paper", "scissors"]));
            tables.Add(await ChaoticTable.SeatAsync(proxy.Uri, "hands-2", random, bot: "random", static _ => ["rock", "paper", "scissors"]));
            for (var step = 0; step < steps; step++)
            {
                await Task.Delay(random.Next(200));
                proxy.Cut(random);
                if (random.Next(12) > 0 && step != steps / 2)
                    continue;
                proxy.Target = null;
                await server.DisposeAsync();
                server = await StartAsync(logged);
                proxy.Target = server.EndPoint;
            }

            foreach (var table in tables)
                await table.EndAsync();
            foreach (var table in tables)
            {
                output.WriteLine(table.ToString());
                if (table.Room.StartsWith("checkers", StringComparison.Ordinal))
                    await AssertSameAsync(server, table, new CheckersGame(), logged);
                else
                    await AssertSameAsync(server, table, new RockPaperScissors(), logged);
            }

            Assert.True(tables.Sum(static table => table.Losses) > 0);
        }
        finally
        {
            foreach (var table in tables)
                await table.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] MovesOfCheckers(JsonElement board) => [.. board.GetProperty("moves").EnumerateArray().Select(static move => move.GetString()!)];

    private static async Task AssertSameAsync<TBoard>(GameServer server, ChaoticTable table, GameRules<TBoard, string> rules, LoggedGames logged)
        where TBoard : class
    {
        // A spectator's view of the server's state, its boards replayed.
        await using var handle = await server.Rooms.OpenAsync(table.Room);
        Assert.True(handle.Room.TryGetState<GameState<TBoard, string>>(out var state));
        var boards = rules.Replay(state).Select(board => Text(rules.ViewOf(board, -1))).ToArray();
        Assert.Equal(Text(rules.ViewOf(state.Board!, -1)), boards[^1]);
        if (state.Result!.Reason is "won" or "draw")
            Assert.Equal(rules.ResultOf(rules.Replay(state).Last()), state.Result);
        await table.AssertSeesAsync(state.Number, state.Moves.Length, state.Result, boards);

        // Between a flag and the next game nothing but offers, seats and bots.
        var hasFallen = false;
        foreach (var verb in logged.Actions(table.Room).Select(static action => (string)action["do"]!))
        {
            Assert.False(hasFallen && verb is ("flag" or "move"), $"{verb} follows a flag in {table.Room}.");
            hasFallen = verb == "flag" || (hasFallen && verb is not ("offer" or "claim" or "bot"));
        }

        static string Text(byte[] json) => System.Text.Encoding.UTF8.GetString(json);
    }

    private Task<GameServer> StartAsync(LoggedGames logged) => GameServer.StartAsync(
        build: builder =>
        {
            builder.Services.AddSingleton<IRoomObserver>(logged);
            builder.UseSqlite(options => options.Path = Path.Combine(_folder.FullName, "rooms.db"));
        },
        options: static options => (options.PacketsPerSecond, options.SessionGrace) = (0, TimeSpan.FromMinutes(1)));
}
