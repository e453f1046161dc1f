// Starts Redis and three sample hosts that share their rooms on it, behind a small TCP balancer, until Ctrl+C:
//   dotnet run eng/three-nodes.cs                     the balancer listens on port 25021, the port of the sample host
//   dotnet run eng/three-nodes.cs -- --port 0         on a port that the system picks
//   dotnet run eng/three-nodes.cs -- --no-build       with the last build of the sample host
// Where the system has no redis-server, the script unpacks Debian's package into artifacts/redis. The started processes end with the script.
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using TPacket.Interop.Tests.Peers;
using TPacket.Redis.Tests.Harness;

const int Nodes = 3;
const string Host = "TPacket.ConsoleHost";

var ending = TimeSpan.FromSeconds(10);
var root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
var artifacts = Path.Combine(root, "artifacts");
var port = Array.IndexOf(args, "--port") is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 25021;
List<Process> nodes = [];

var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

if (!args.Contains("--no-build"))
    await Tool.RunInAsync(root, "dotnet", "build", Path.Combine("samples", Host), "-c", "Release", "--nologo");
await using var redis = await RedisServer.StartAsync(await RedisProgram.FindAsync(artifacts, Console.WriteLine), "--appendonly", "yes");
Console.WriteLine(Invariant($"Redis at {redis.Configuration}, process {redis.ProcessId}."));
await using var balancer = new Balancer(port);
try
{
    List<IPEndPoint> hosts = [];
    while (hosts.Count < Nodes && !stopped.Task.IsCompleted)
        hosts.Add(await StartAsync(hosts.Count + 1));
    balancer.Use(hosts);
    Console.WriteLine(Invariant($"Balancer at ws://{balancer.EndPoint}/. Clients of all nodes meet in the same rooms. Ctrl+C ends everything."));
    await stopped.Task;
}
finally
{
    await Task.WhenAll(nodes.Select(EndAsync));
}

async Task<IPEndPoint> StartAsync(int number)
{
    var process = Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(artifacts, "bin", Host, "release", $"{Host}.dll"), "--TPacket:Address=127.0.0.1", "--TPacket:Port=0", "--TPacket:MaxConnections=10000", $"--TPacket:Redis:Configuration={redis.Configuration}"])
    {
        RedirectStandardOutput = true,
    })!;
    nodes.Add(process);
    const string Listening = "Listening on ";
    while (await process.StandardOutput.ReadLineAsync() is { } line)
    {
        if (line.IndexOf(Listening, StringComparison.Ordinal) is var begin and >= 0)
        {
            var address = line[(begin + Listening.Length)..].TrimEnd('.');
            Console.WriteLine(Invariant($"Node {number} at ws://{address}/, process {process.Id}."));
            _ = ShowAsync(number, process);
            return IPEndPoint.Parse(address);
        }

        Console.WriteLine(line);
    }

    throw new InvalidOperationException($"Node {number} has ended before it listened.");
}

// Prints the log of a node until the node ends.
async Task ShowAsync(int number, Process process)
{
    while (await process.StandardOutput.ReadLineAsync() is { } line)
        Console.WriteLine($"{number} | {line}");
    if (!stopped.Task.IsCompleted)
        Console.WriteLine($"Node {number} has ended. The balancer skips it.");
}

async Task EndAsync(Process process)
{
    if (!process.HasExited && !OperatingSystem.IsWindows())
    {
        // The node closes its clients' connections, so that they reconnect to another node.
        using var kill = Process.Start("kill", ["-s", "TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var deadline = new CancellationTokenSource(ending);
        await process.WaitForExitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    if (!process.HasExited)
        process.Kill();
    await process.WaitForExitAsync();
    process.Dispose();
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult();
}

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
