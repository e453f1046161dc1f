using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A Redis of its own at a free port, with a temporary folder. It ends with the object.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    // One that listens has written this to its log.
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

    /// <summary>Where the servers of a cluster talk to each other, and where one with TLS accepts connections without it.</summary>
    public int OtherPort { get; private set; }

    /// <summary>Its folder.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The id of its process; 0 where it does not run.</summary>
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

    /// <summary>As StackExchange.Redis takes it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a Redis and waits until it accepts connections.</summary>
    /// <param name="program">The program.</param>
    /// <param name="settings">Settings as on the command line.</param>
    public static Task<RedisServer> StartAsync(RedisProgram program, params string[] settings) => StartAsync(program, _ => settings);

    /// <summary>Starts a Redis and waits until it accepts connections.</summary>
    /// <param name="program">The program.</param>
    /// <param name="settings">Settings as on the command line, once its ports and its folder are known.</param>
    public static Task<RedisServer> StartAsync(RedisProgram program, Func<RedisServer, string[]> settings) =>
        StartAsync(new RedisServer(program, server => ["--port", Text(server.Port), "--bind", "127.0.0.1", "--dir", server.Folder, "--save", "", "--daemonize", "no", .. settings(server)], Ready));

    /// <summary>Starts a Sentinel that watches a primary by itself, and waits until it does.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">The name of the service.</param>
    /// <param name="primary">The primary.</param>
    public static Task<RedisServer> StartSentinelAsync(RedisProgram program, string name, RedisServer primary) => StartAsync(new RedisServer(
        program,
        server =>
        {
            // It writes what it learns into the file.
            var file = System.IO.Path.Combine(server.Folder, "sentinel.conf");
            File.WriteAllText(file, $"""
                sentinel monitor {name} 127.0.0.1 {primary.Port} 1
                sentinel down-after-milliseconds {name} 1000
                sentinel failover-timeout {name} 5000
                """);
            return [file, "--sentinel", "--port", Text(server.Port), "--bind", "127.0.0.1", "--dir", server.Folder];
        },
        SentinelReady));

    /// <summary>Kills it, as SIGKILL does.</summary>
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

    /// <summary>Starts it again at the same port, with what it has written.</summary>
    public async Task RestartAsync()
    {
        if (!await TryStartAsync())
            throw new InvalidOperationException($"redis-server has ended. {Log}");
    }

    /// <summary>Has it stand still; not on Windows.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
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
            // Another process may take a port that was free.
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
