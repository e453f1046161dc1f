using System.Net;
using System.Runtime.InteropServices;
using TPacket.Samples.Tests.Harness;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The console host with a file, which is stopped, killed and started again.</summary>
internal sealed class ChaosServer(Action<IPEndPoint?> moved) : IChaosServer
{
    private readonly ChaosFile _file = new();
    private readonly List<string> _errors = [];
    private SampleProcess? _process;
    private int _kills;
    private int _drains;

    public IReadOnlyList<string> Errors => _errors;

    public IPEndPoint? EndPoint { get; private set; }

    public bool IsUp { get; private set; }

    public string Summary => $"{_kills} kills, {_drains} drains";

    public async Task StartAsync(CancellationToken deadline)
    {
        _process = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost,
            deadline,
            $"--TPacket:Sqlite:Path={_file.Path}",
            "--TPacket:Sqlite:RetentionMessages=10000000",
            "--TPacket:AllowNickChange=true",
            "--TPacket:AllowRoomChange=true",
            // Clients that were disconnected for long get a snapshot.
            "--TPacket:ReplayEvents=60",
            "--TPacket:MoveOnSpread=00:00:00.5",
            "--TPacket:PingAfterIdle=00:00:01",
            "--TPacket:PongTimeout=00:00:04");
        (EndPoint, IsUp) = (IPEndPoint.Parse(_process.EndPoint), true);
        moved(EndPoint);
    }

    public async Task DrainAsync(CancellationToken deadline)
    {
        _drains++;
        await StopAsync(deadline);
        await StartAsync(deadline);
    }

    public async Task KillAsync(CancellationToken deadline)
    {
        _kills++;
        IsUp = false;
        var output = await _process!.EndAsync(deadline);
        await EndAsync(output);
        await StartAsync(deadline);
    }

    public async Task StopAsync(CancellationToken deadline)
    {
        IsUp = false;
        var ended = OperatingSystem.IsWindows() ? null : await _process!.StopAsync(PosixSignal.SIGTERM, deadline);
        await EndAsync(ended?.Output ?? await _process!.EndAsync(deadline));
        Assert.Equal(0, ended?.ExitCode ?? 0);
    }

    public Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IReadOnlyList<string> rooms, CancellationToken deadline) => _file.ReadAsync(rooms, deadline);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _file.Dispose();
    }

    private async Task EndAsync(string output)
    {
        moved(EndPoint = null);
        _errors.AddRange(output.Split('\n').Where(static line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)));
        await _process!.DisposeAsync();
        _process = null;
    }
}
