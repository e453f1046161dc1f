using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TPacket.Benchmarks.Harness;
using TPacket.Grains;

// Compares rooms with rules with equivalent Orleans grains with memory storage. Each runs in a separate process and is called from within it, without a network.
// dotnet run -c Release --project benchmarks/TPacket.Grains
const int Rooms = 100;
const int Few = 2_000;
const int Many = 12_000;
const int Repetitions = 5;
var time = TimeSpan.FromSeconds(3);

if (args is [])
{
    for (var i = 0; i < Repetitions; i++)
    {
        foreach (var kind in new[] { "rules", "grains" })
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CounterGrain).Assembly.Location, kind]) { RedirectStandardOutput = true })!;
            Console.Write(await process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
        }
    }

    return;
}

await (args[0] == "rules" ? MeasureRulesAsync() : MeasureGrainsAsync());

async Task MeasureRulesAsync()
{
    var server = new MemoryServer(static options => (options.MaxConnections, options.MaxConnectionsPerAddress) = (2 * Many, 0), build: static builder => builder.AddRules("*", CounterRules.Command, new CounterRules()));
    var command = ClientBytes.Packet(CounterRules.Command, """{"Number":1}""");
    var clients = new List<NullTransport>();
    await MeasureAsync(
        "rules",
        "room, its member and its connection",
        i =>
        {
            clients[i].Receive(command);
            return Task.CompletedTask;
        },
        i =>
        {
            server.Open($"room {i:D5}");
            clients.Add(server.Enter($"user {i:D5}", $"room {i:D5}", accept: CounterRules.Command));
            return Task.CompletedTask;
        });
    GC.KeepAlive(server);
}

async Task MeasureGrainsAsync()
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.UseOrleans(static silo => silo.UseLocalhostClustering().AddMemoryGrainStorageAsDefault());
    using var host = builder.Build();
    await host.StartAsync();
    var grains = host.Services.GetRequiredService<IGrainFactory>();
    await MeasureAsync(
        "grains",
        "grain",
        i => grains.GetGrain<ICounterGrain>($"room {i:D5}").AddAsync(1),
        static _ => Task.CompletedTask);
    await host.StopAsync();
}

async Task MeasureAsync(string name, string kind, Func<int, Task> add, Func<int, Task> open)
{
    await OpenAsync(0, Few);
    var before = GC.GetTotalMemory(forceFullCollection: true);
    await OpenAsync(Few, Many);
    var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (Many - Few);

    await RunAsync(time / 3);
    var process = Process.GetCurrentProcess();
    var cpu = process.TotalProcessorTime;
    var watch = Stopwatch.StartNew();
    var commands = await RunAsync(time);
    process.Refresh();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {(process.TotalProcessorTime - cpu).TotalMicroseconds / commands:N2} us CPU a command, {commands / watch.Elapsed.TotalSeconds:N0} commands a second; {bytes:N0} bytes a {kind}"));

    async Task OpenAsync(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            await open(i);
            await add(i);
        }
    }

    async Task<long> RunAsync(TimeSpan limit)
    {
        var done = 0L;
        for (var end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency); Stopwatch.GetTimestamp() < end;)
        {
            for (var i = 0; i < Rooms; i++)
                await add(i);
            done += Rooms;
        }

        return done;
    }
}
