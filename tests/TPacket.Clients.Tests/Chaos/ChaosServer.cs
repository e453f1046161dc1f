using System.Net;
using System.Runtime.InteropServices;
using TPacket.Samples.Tests;

namespace TPacket.Clients.Tests.Chaos;

/// <summary>The console host with a file, which is stopped, killed and started again.</summary>
internal sealed class ChaosServer(string file, Action<IPEndPoint?> moved) : IAsyncDisposable
{
    private readonly List<string> _errors = [];
    private SampleProcess? _process;

    public int Kills { get; private set; }

    public int Drains { get; private set; }

    /// <summary>Lines of the servers' logs that are errors.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>Whether there is a server, and nothing ends it.</summary>
    public bool IsUp { get; private set; }

    public async Task StartAsync(CancellationToken deadline)
    {
        _process = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost,
            deadline,
            $"--TPacket:Sqlite:Path={file}",
            "--TPacket:Sqlite:RetentionMessages=10000000",
            "--TPacket:AllowNickChange=true",
            "--TPacket:AllowRoomChange=true",
            // So that those who were gone for a while get a snapshot.
            "--TPacket:ReplayEvents=60",
            "--TPacket:MoveOnSpread=00:00:00.5",
            "--TPacket:PingAfterIdle=00:00:01",
            "--TPacket:PongTimeout=00:00:04");
        (EndPoint, IsUp) = (IPEndPoint.Parse(_process.EndPoint), true);
        moved(EndPoint);
    }

    /// <summary>Stops the server as a service manager does, and starts it again.</summary>
    public async Task DrainAsync(CancellationToken deadline)
    {
        Drains++;
        await StopAsync(deadline);
        await StartAsync(deadline);
    }

    /// <summary>Kills the server, and starts it again.</summary>
    public async Task KillAsync(CancellationToken deadline)
    {
        Kills++;
        IsUp = false;
        var output = await _process!.EndAsync(deadline);
        await EndAsync(output);
        await StartAsync(deadline);
    }

    /// <summary>Stops the server as a service manager does.</summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        IsUp = false;
        var ended = OperatingSystem.IsWindows() ? null : await _process!.StopAsync(PosixSignal.SIGTERM, deadline);
        await EndAsync(ended?.Output ?? await _process!.EndAsync(deadline));
        Assert.Equal(0, ended?.ExitCode ?? 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private async Task EndAsync(string output)
    {
        moved(EndPoint = null);
        _errors.AddRange(output.Split('\n').Where(static line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)));
        await _process!.DisposeAsync();
        _process = null;
    }
}
