// Compares our servers with others, on loopback, and measures how their costs grow.
//   (nothing)          prints the tables
//   --short            a few seconds of each, without growth: a smoke test; its ratios mean little
//   --tls              only servers with TLS
//   --store            only room stores, without connections: in memory and in a file
//   --growth EVENTS    only the cost of a growing file, up to a number of events in a room (1,000,000 in a minute, 10,000,000 in several)
//   --sessions CLIENTS only the time for clients to resume at once (10,000 in three minutes; each needs a descriptor here and in the server)
//   --rules            only the cost of a decision of rules, compared with a message
//   --redis WHAT       only rooms on Redis, in a minute or several: deliveries, signalr (build benchmarks/TPacket.SignalR before), rising, appends, rooms or history
//   --games GAMES      only the time of a move in a number of concurrent games (2,000 in a minute; each needs two descriptors here and in the server)
//   --write FOLDER     also updates the page performance.md and its charts in this folder
// The exit code is 1 if a message was lost, repeated, reordered or changed.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using TPacket.Compare;
using TPacket.Compare.Redis;

const int LoadProcessor = 1;

if (args.Contains("--store"))
{
    await StoreLoad.RunAsync(args.Contains("--short"));
    return 0;
}

if (args.Contains("--growth"))
{
    var events = int.Parse(args.SkipWhile(static argument => argument != "--growth").ElementAtOrDefault(1) ?? "1000000", CultureInfo.InvariantCulture);
    await StoreGrowth.RunAsync(events, mostRooms: args.Contains("--short") ? 100 : 10_000);
    return 0;
}

var onRedis = args.SkipWhile(static argument => argument != "--redis").ElementAtOrDefault(1);
switch (onRedis)
{
    case "appends":
        await RedisStoreLoad.AppendAsync(args.Contains("--short"), args.Contains("--commands"));
        return 0;
    case "rooms":
        await RedisStoreLoad.GrowAsync(most: args.Contains("--short") ? 100 : 10_000);
        return 0;
    case "history":
        await RedisStoreLoad.FillAsync(most: args.Contains("--short") ? 1000 : 100_000);
        return 0;
}

if ((OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) && Environment.ProcessorCount > LoadProcessor)
    Process.GetCurrentProcess().ProcessorAffinity = 1 << LoadProcessor;
if (args.Contains("--sessions"))
{
    var clients = int.Parse(args.SkipWhile(static argument => argument != "--sessions").ElementAtOrDefault(1) ?? "10000", CultureInfo.InvariantCulture);
    return await SessionLoad.RunAsync(clients) ? 0 : 1;
}

switch (onRedis)
{
    case "deliveries":
        return await RedisLoad.CompareAsync(args.Contains("--short")) ? 0 : 1;
    case "signalr":
        return await RedisLoad.CompareWithSignalRAsync(args.Contains("--short")) ? 0 : 1;
    case "rising":
        return await RedisLoad.RiseAsync(args.Contains("--short"), args.SkipWhile(static argument => argument != "--write").ElementAtOrDefault(1)) ? 0 : 1;
}

if (args.Contains("--games"))
{
    var games = int.Parse(args.SkipWhile(static argument => argument != "--games").ElementAtOrDefault(1) ?? "2000", CultureInfo.InvariantCulture);
    return await GamesLoad.RunAsync(games, TimeSpan.FromSeconds(20)) ? 0 : 1;
}

if (args.Contains("--rules"))
    return await RulesLoad.RunAsync() ? 0 : 1;

var inBrief = args.Contains("--short");
var onlyTls = args.Contains("--tls");
var folder = args.SkipWhile(argument => argument != "--write").ElementAtOrDefault(1);
var duration = TimeSpan.FromSeconds(inBrief ? 0.4 : 1.5);
var repetitions = inBrief ? 1 : 5;

Scenario[] echoes = [Scenario.Echo(1, 1, 128), Scenario.Echo(64, 1, 128), Scenario.Echo(64, 1, 16384), Scenario.Echo(64, 16, 128)];
Scenario[] rooms = [Scenario.Rooms(1, 100, everyNth: 100), Scenario.Rooms(1, inBrief ? 300 : 1000, everyNth: 1000), Scenario.Rooms(inBrief ? 10 : 100, 10, everyNth: 1)];
IReadOnlyList<ComparedScenario> compared = onlyTls ? [] :
[
    .. await Comparison.RunAsync("echo", echoes, repetitions, duration),
    .. await Comparison.RunAsync("room", rooms, repetitions, duration),
];
IReadOnlyList<double> memory = inBrief || onlyTls ? [] : await IdleMemory.RunAsync();
IReadOnlyList<ComparedScenario> comparedOverTls;
IReadOnlyList<double> memoryOverTls;
var certificate = TlsComparison.CreateCertificate();
try
{
    comparedOverTls = await TlsComparison.RunAsync(certificate, [Scenario.Echo(64, 1, 128), Scenario.Echo(64, 1, 16384), Scenario.Echo(64, 16, 128)], repetitions, duration);
    memoryOverTls = inBrief ? [] : await IdleMemory.RunOverTlsAsync(certificate);
}
finally
{
    File.Delete(certificate);
}

IReadOnlyList<Curve> curves = inBrief || onlyTls ? [] : await Growth.RunAsync(duration);

var measured = new StringBuilder();
measured.Append("Measured on ").Append(Report.Machine).Append(".\n\n");
if (compared.Count > 0)
    measured.Append(Report.Table(compared, Comparison.Servers));
if (memory.Count > 0)
    measured.Append('\n').Append(Report.Table(memory, Comparison.Servers, IdleMemory.Members));
measured.Append('\n').Append(Report.Table(comparedOverTls, TlsComparison.Servers));
if (memoryOverTls.Count > 0)
    measured.Append('\n').Append(Report.Table(memoryOverTls, TlsComparison.Servers, IdleMemory.TlsMembers, " over TLS"));
foreach (var curve in curves)
{
    measured.Append("\n### ").Append(curve.Title).Append("\n\n");
    if (folder is not null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "charts"));
        File.WriteAllText(Path.Combine(folder, "charts", curve.Name + ".svg"), LineChart.Draw(curve));
        measured.Append("![").Append(curve.Title).Append("](charts/").Append(curve.Name).Append(".svg)\n\n");
    }

    measured.Append(Report.Table(curve));
}

Console.Write(measured);
if (folder is not null)
    Report.Write(Path.Combine(folder, "performance.md"), measured.ToString());
var wrong = compared.Concat(comparedOverTls).SelectMany(scenario => scenario.ByServer).Concat(curves.SelectMany(curve => curve.Points.Select(point => point.Measurement))).Sum(measurement => measurement.Wrong);
Console.WriteLine(wrong == 0 ? "\nNothing was lost, repeated, reordered or changed." : $"\n{wrong} messages were lost, repeated, reordered or changed.");
return wrong == 0 ? 0 : 1;
