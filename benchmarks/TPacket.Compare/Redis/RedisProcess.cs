using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace TPacket.Compare.Redis;

/// <summary>A Redis process at a free port, with a temporary folder, on the processor of the load. Disposing of the object ends it.</summary>
internal sealed class RedisProcess : IDisposable
{
    private const int LoadProcessor = 1;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-redis-");
    private readonly Process _process;
    private ConnectionMultiplexer? _connection;

    /// <summary>Starts redis-server: the system's program, or the program that the tests of TPacket.Redis have unpacked.</summary>
    /// <param name="settings">Arguments of the command line.</param>
    public RedisProcess(params ReadOnlySpan<string> settings)
    {
        Port = FreePort();
        var (program, libraries) = Find();
        var start = new ProcessStartInfo(program, ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "", "--daemonize", "no", .. settings]) { RedirectStandardOutput = true };
        if (libraries.Length > 0)
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        _process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        if ((OperatingSystem.IsLinux() || OperatingSystem.IsWindows()) && Environment.ProcessorCount > LoadProcessor)
            _process.ProcessorAffinity = 1 << LoadProcessor;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal))
                continue;
            _ = _process.StandardOutput.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException("redis-server has ended.");
    }

    public int Port { get; }

    /// <summary>The configuration string of StackExchange.Redis.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>An administrative connection.</summary>
    public IServer Server => (_connection ??= ConnectionMultiplexer.Connect($"{Configuration},allowAdmin=true")).GetServer(Configuration);

    /// <summary>The bytes that Redis uses for data and connections (<c>used_memory</c>).</summary>
    public long UsedBytes => long.Parse(Server.Info("memory")[0].Single(static pair => pair.Key == "used_memory").Value, CultureInfo.InvariantCulture);

    /// <summary>The calls and the processor time of each command since <see cref="ResetStatistics"/>, including commands of scripts.</summary>
    public IEnumerable<string> CommandStatistics => Server.Info("commandstats")[0].Select(static pair => $"{pair.Key}: {pair.Value}");

    public void ResetStatistics() => Server.ConfigResetStatistics();

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _connection?.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static (string Program, string Libraries) Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin");
        if (folders.Select(static folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists) is { } program)
            return (program, "");
        var unpacked = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "redis", "usr");
        program = Path.GetFullPath(Path.Combine(unpacked, "bin", "redis-server"));
        return File.Exists(program)
            ? (program, Directory.GetDirectories(Path.Combine(unpacked, "lib"), "*-linux-gnu*").Single())
            : throw new InvalidOperationException("redis-server 7.0 or newer is missing. Install it, or run the tests of TPacket.Redis once, which unpack it into artifacts/redis.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void OnProcessExit(object? sender, EventArgs e) => _process.Kill();
}
