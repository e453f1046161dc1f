using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A Redis process at a free port, with a temporary folder. Disposing of the object ends it.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    // The lines of the log that show that the server accepts connections.
    private const string Ready = "Ready to accept connections";
    private const string SentinelReady = "Sentinel ID is";

    private readonly RedisProgram _program;
    private readonly Func<RedisServer, string[]> _arguments;
    private readonly string _ready;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-redis-");
    private Process? _process;
    private readonly Lock _gate = new();
    private string _said = "";

    private RedisServer(RedisProgram program, Func<RedisServer, string[]> arguments, string ready)
    {
        _program = program;
        _arguments = arguments;
        _ready = ready;
    }

    public int Port { get; private set; }

    /// <summary>A second free port: the bus of a cluster, or the port without TLS of a server with TLS.</summary>
    public int OtherPort { get; private set; }

    /// <summary>The folder of its files.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The id of its process; 0 if it does not run.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Its log.</summary>
    public string Log
    {
        get
        {
            lock (_gate)
                return _said;
        }
    }

    /// <summary>The configuration string of StackExchange.Redis.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a Redis and waits until it accepts connections.</summary>
    /// <param name="program">The program.</param>
    /// <param name="settings">Arguments of the command line.</param>
    public static Task<RedisServer> StartAsync(RedisProgram program, params string[] settings) => StartAsync(program, _ => settings);

    /// <summary>Starts a Redis and waits until it accepts connections.</summary>
    /// <param name="program">The program.</param>
    /// <param name="settings">Returns arguments of the command line. The server's ports and folder are known then.</param>
    public static Task<RedisServer> StartAsync(RedisProgram program, Func<RedisServer, string[]> settings) =>
        StartAsync(new RedisServer(program, server => ["--port", Text(server.Port), "--bind", "127.0.0.1", "--dir", server.Folder, "--save", "", "--daemonize", "no", .. settings(server)], Ready));

    /// <summary>Starts a Sentinel that monitors a primary and needs no other Sentinel for a failover.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">The name of the service.</param>
    /// <param name="primary">The primary.</param>
    public static Task<RedisServer> StartSentinelAsync(RedisProgram program, string name, RedisServer primary) => StartAsync(new RedisServer(
        program,
        server =>
        {
            // The Sentinel writes its state to the configuration file.
            var file = System.IO.Path.Combine(server.Folder, "sentinel.conf");
            File.WriteAllText(file, $"""
                sentinel monitor {name} 127.0.0.1 {primary.Port} 1
                sentinel down-after-milliseconds {name} 1000
                sentinel failover-timeout {name} 5000
                """);
            return [file, "--sentinel", "--port", Text(server.Port), "--bind", "127.0.0.1", "--dir", server.Folder];
        },
        SentinelReady));

    /// <summary>Kills the process (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        _process = null;
    }

    /// <summary>Restarts it at the same port with its files.</summary>
    public async Task RestartAsync()
    {
        if (!await TryStartAsync())
            throw new InvalidOperationException($"redis-server has ended. {Log}");
    }

    /// <summary>Stops the process (SIGSTOP). Not on Windows.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Continues the process (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, Text(ProcessId)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<RedisServer> StartAsync(RedisServer server)
    {
        try
        {
            // Another process may have taken the port meanwhile.
            for (var attempt = 0; ; attempt++)
            {
                (server.Port, server.OtherPort) = (FreePort(), FreePort());
                if (await server.TryStartAsync())
                    return server;
                if (attempt == 5)
                    throw new InvalidOperationException($"redis-server has ended. {server.Log}");
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> TryStartAsync()
    {
        var start = new ProcessStartInfo(_program.Path, _arguments(this))
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
        };
        if (_program.Libraries.Length > 0)
            start.Environment["LD_LIBRARY_PATH"] = _program.Libraries;
        _process = Process.Start(start)!;
        var accepting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = ReadAsync(_process, accepting);
        if (await accepting.Task.WaitAsync(Deadline.Limit))
            return true;
        await KillAsync();
        return false;
    }

    private async Task ReadAsync(Process process, TaskCompletionSource<bool> accepting)
    {
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_gate)
                _said += line + "\n";
            if (line.Contains(_ready, StringComparison.Ordinal))
                accepting.TrySetResult(true);
        }

        accepting.TrySetResult(false);
    }
}
