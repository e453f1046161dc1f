using System.Diagnostics;
using System.Globalization;
using Checkers.Draughts;
using Checkers.Games;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Benchmarks.Harness;
using TPacket.Games;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Benchmarks;

/// <summary>
/// Measures the managed memory of an idle room with rules, as the difference of the heap between 12,000 and 2,000 rooms. The members are clients in memory.
/// </summary>
internal static class RoomMemory
{
    /// <summary>The argument that runs this measurement.</summary>
    public const string Argument = "--rooms";

    private const int Few = 2_000;
    private const int Many = 12_000;
    private const int Repetitions = 3;
    private const int Moves = 20;
    private static readonly string[] _opening = Opening();

    /// <summary>Measures and prints all figures, each in a separate process.</summary>
    public static void Run()
    {
        for (var i = 0; i < Repetitions; i++)
        {
            var bytes = Enum.GetValues<RoomKind>().Select(MeasureApart).ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"a room and its member: {bytes[0]:N0} bytes, with rules {bytes[1]:N0} bytes: {bytes[1] - bytes[0]:N0} more; nobody in it, in memory {bytes[2]:N0} bytes, in a file {bytes[3]:N0} bytes; a game of checkers with its room, without its two members {bytes[5] - bytes[4]:N0} bytes, when they have left {bytes[6] - bytes[4]:N0} bytes; two members {bytes[4]:N0} bytes"));
        }
    }

    /// <summary>Measures one kind of room and prints the bytes.</summary>
    public static async Task RunAsync(RoomKind kind) => Console.WriteLine((await MeasureAsync(kind)).ToString(CultureInfo.InvariantCulture));

    private static double MeasureApart(RoomKind kind)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(RoomMemory).Assembly.Location, Argument, $"{kind}"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    private static async Task<double> MeasureAsync(RoomKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("tpacket-rooms-");
        try
        {
            return await MeasureAsync(kind, Path.Combine(folder.FullName, "rooms.db"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(RoomKind kind, string file)
    {
        var rules = new CounterRules { WantsToBeWoken = kind is RoomKind.AsleepInMemory or RoomKind.AsleepInFile };
        var server = new MemoryServer(
            static options => (options.MaxConnections, options.MaxConnectionsPerAddress) = (4 * Many, 0),
            TimeProvider.System,
            builder =>
            {
                builder.AddRules("counter*", CounterRules.Command, rules).AddGame<CheckersGame>("checkers*");
                if (kind == RoomKind.AsleepInFile)
                    builder.UseSqlite(options => options.Path = file);
            });
        foreach (var service in server.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StartingAsync(default);
        var clients = new List<NullTransport>(Many);
        await EnterAsync(server, clients, 0, Few, kind);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await EnterAsync(server, clients, Few, Many, kind);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        var bytes = (after - before) / (double)(Many - Few);
        GC.KeepAlive(clients);
        foreach (var service in server.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StoppedAsync(default);
        return bytes;
    }

    private static async Task EnterAsync(MemoryServer server, List<NullTransport> clients, int from, int to, RoomKind kind)
    {
        var rooms = server.Services.GetRequiredService<IRoomDirectory>();
        for (var i = from; i < to; i++)
        {
            if (kind >= RoomKind.Crowd)
            {
                await EnterPairAsync(server, rooms, clients, i, kind);
                continue;
            }

            var name = $"{(kind == RoomKind.Plain ? "plain" : "counter")} {i:D5}";
            var handle = await rooms.OpenAsync(name);
            if (kind is RoomKind.Plain or RoomKind.Rules)
            {
                var client = server.Enter($"user {i:D5}", name, accept: CounterRules.Command);
                if (kind == RoomKind.Rules)
                    client.Receive(ClientBytes.Packet(CounterRules.Command, """{"Number":1}"""));
                clients.Add(client);
            }

            await handle.DisposeAsync();
        }
    }

    private static async Task EnterPairAsync(MemoryServer server, IRoomDirectory rooms, List<NullTransport> clients, int number, RoomKind kind)
    {
        var crowd = $"crowd {number / 50:D5}";
        var name = kind == RoomKind.Crowd ? crowd : $"checkers {number:D5}";
        var handle = await rooms.OpenAsync(name);
        NullTransport[] pair = [server.Enter($"black {number:D5}", name, accept: GameCommand.Game), server.Enter($"white {number:D5}", name, accept: GameCommand.Game)];
        clients.AddRange(pair);
        if (kind != RoomKind.Crowd)
        {
            foreach (var client in pair)
                client.Receive(ClientBytes.Packet(GameCommand.Game, """{"do":"claim"}"""));
            for (var i = 0; i < _opening.Length; i++)
                pair[i % 2].Receive(ClientBytes.Packet(GameCommand.Game, $$"""{"do":"move","move":"{{_opening[i]}}"}"""));
            if (!handle.Room.TryGetState<GameState<CheckersBoard, string>>(out var state) || state.Moves.Length != _opening.Length)
                throw new InvalidOperationException($"The game of {name} differs from the moves played.");
        }

        if (kind == RoomKind.GameLeft)
        {
            foreach (var client in pair)
                client.Receive(ClientBytes.Packet(PacketCommand.SetRoom, crowd));
        }

        await handle.DisposeAsync();
    }

    private static string[] Opening()
    {
        var random = new Random(1);
        var played = new List<string>();
        var moves = new Move[MoveGenerator.MaxMoves];
        for (var position = Position.Start; played.Count < Moves;)
        {
            var move = moves[random.Next(MoveGenerator.Generate(position, moves))];
            played.Add(move.ToString());
            position = position.After(move);
        }

        return [.. played];
    }
}
