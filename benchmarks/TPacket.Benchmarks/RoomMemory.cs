using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Benchmarks.Harness;
using TPacket.Server;

namespace TPacket.Benchmarks;

/// <summary>Measures what a room with rules holds in the managed heap at rest: what the heap has more with 12,000 rooms than with 2,000. Members are clients in memory.</summary>
internal static class RoomMemory
{
    /// <summary>Measures rooms instead of benchmarks.</summary>
    public const string Argument = "--rooms";

    private const int Few = 2_000;
    private const int Many = 12_000;
    private const int Repetitions = 3;

    /// <summary>Measures and prints, each figure in a process of its own.</summary>
    public static void Run()
    {
        for (var i = 0; i < Repetitions; i++)
        {
            var bytes = Enum.GetValues<RoomKind>().Select(MeasureApart).ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"a room and its member: {bytes[0]:N0} bytes, with rules {bytes[1]:N0} bytes: {bytes[1] - bytes[0]:N0} more; nobody in it, in memory {bytes[2]:N0} bytes, in a file {bytes[3]:N0} bytes"));
        }
    }

    /// <summary>Measures one kind of room, and prints the bytes.</summary>
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
            static options => (options.MaxConnections, options.MaxConnectionsPerAddress) = (2 * Many, 0),
            TimeProvider.System,
            builder =>
            {
                builder.AddRules("counter*", CounterRules.Command, rules);
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
}
