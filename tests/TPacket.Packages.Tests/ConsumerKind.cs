namespace TPacket.Packages.Tests;

/// <summary>An app that uses one of the packages.</summary>
/// <param name="Sdk">The project's SDK.</param>
/// <param name="Package">The package.</param>
/// <param name="OtherReferences">Further references of the project.</param>
/// <param name="Program">The program.</param>
internal sealed record ConsumerKind(string Sdk, string Package, string OtherReferences, string Program)
{
    public static ConsumerKind Console { get; } = new(
        "Microsoft.NET.Sdk",
        "TPacket.Server",
        $"""<PackageReference Include="Microsoft.Extensions.Hosting" Version="{Repository.ExtensionsVersion}" />""",
"""
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using TPacket.Server;

        var builder = Host.CreateApplicationBuilder(args);
        builder.Services
            .AddTPacketServer(options => options.Port = 0)
            .AddCommand(300, context =>
            {
                context.ReplyOk();
                return ValueTask.CompletedTask;
            });

        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine($"The consumer listens on {host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}");
        await host.WaitForShutdownAsync();
        """);

    public static ConsumerKind Sqlite { get; } = Console with
    {
        Package = "TPacket.Sqlite",
        Program = Console.Program.Replace(
            ".AddCommand(",
            """.UseSqlite(options => options.Path = Path.Combine(Directory.CreateTempSubdirectory("tpacket-consumer-").FullName, "chat.db")).AddCommand(""",
            StringComparison.Ordinal),
    };

    /// <summary>Rooms on a Redis whose address is the first argument.</summary>
    public static ConsumerKind Redis { get; } = Console with
    {
        Package = "TPacket.Redis",
        Program = Console.Program.Replace(".AddCommand(", ".UseRedis(args[0]).AddRedisHealthCheck().AddCommand(", StringComparison.Ordinal),
    };

    /// <summary>Some rooms are games: a move is a number, and the highest wins.</summary>
    public static ConsumerKind Games { get; } = Console with
    {
        Package = "TPacket.Games",
        Program = Console.Program.Replace("using TPacket.Server;", "using System.Text.Json.Serialization;\nusing TPacket.Games;\nusing TPacket.Server;", StringComparison.Ordinal)
            .Replace(".AddCommand(", """.AddGame<Highest>("game-*").AddCommand(""", StringComparison.Ordinal)
            + """


            internal sealed class Highest() : GameRules<int[], int>("highest", version: 1, HighestJson.Default)
            {
                protected override int[] Begin(GameStart start) => [0, 0];

                protected override bool IsToMove(int[] board, int seat) => board[seat] == 0;

                protected override Played<int[]> Play(int[] board, int seat, int move, GameRandom random)
                {
                    if (move < 1)
                        return Illegal("A move is positive.");
                    return board.Select((other, i) => i == seat ? move : other).ToArray();
                }

                protected override GameResult? ResultOf(int[] board) => board.Contains(0) ? null : board[0] == board[1] ? GameResult.Draw() : GameResult.Win(board[0] > board[1] ? 0 : 1);
            }

            [JsonSerializable(typeof(int[])), JsonSerializable(typeof(int))]
            internal sealed partial class HighestJson : JsonSerializerContext;
            """,
    };

    public static ConsumerKind Web { get; } = new(
        "Microsoft.NET.Sdk.Web",
        "TPacket.AspNetCore",
        "",
        """
        using TPacket.Server;

        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Services
            .AddTPacketServer()
            .AddCommand(300, context =>
            {
                context.ReplyOk();
                return ValueTask.CompletedTask;
            });

        var app = builder.Build();
        app.MapTPacket("/chat");
        await app.StartAsync();
        Console.WriteLine($"The consumer listens on {new Uri(app.Urls.Single()).Authority}/chat");
        await app.WaitForShutdownAsync();
        """);
}
