using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A Redis of its own at a free port, with a temporary folder. It ends with the object.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly RedisProgram _program;
    private readonly string[] _settings;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-redis-");
    private Process? _process;
    private string _said = "";

    private RedisServer(RedisProgram program, string[] settings)
    {
        _program = program;
        _settings = settings;
    }

    public int Port { get; private set; }

    /// <summary>As StackExchange.Redis takes it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a Redis and waits until it accepts connections.</summary>
    /// <param name="program">The program.</param>
    /// <param name="settings">Settings as on the command line.</param>
    public static async Task<RedisServer> StartAsync(RedisProgram program, params string[] settings)
    {
        var server = new RedisServer(program, settings);
        try
        {
            // Another process may take a port that was free.
            for (var attempt = 0; ; attempt++)
            {
                server.Port = FreePort();
                if (await server.TryStartAsync())
                    return server;
                if (attempt == 5)
                    throw new InvalidOperationException($"redis-server has ended. {server._said}");
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects with the rights to administrate.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync($"{Configuration},allowAdmin=true");

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
            throw new InvalidOperationException($"redis-server has ended. {_said}");
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
        using var kill = Process.Start("kill", ["-s", signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> TryStartAsync()
    {
        var start = new ProcessStartInfo(_program.Path, ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "", "--daemonize", "no", .. _settings])
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
            _said += line + "\n";
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
                accepting.TrySetResult(true);
        }

        accepting.TrySetResult(false);
    }
}
