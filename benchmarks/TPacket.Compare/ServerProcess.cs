using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace TPacket.Compare;

/// <summary>A server under load, in a separate process with its own processor time.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint endPoint)
    {
        (_process, EndPoint) = (process, endPoint);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The processor time so far of all threads, including the kernel's.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a program of this solution and waits until it prints its port of 127.0.0.1.</summary>
    /// <param name="project">The project. It must be built with the same configuration.</param>
    /// <param name="processor">The only processor that the server may use; null for all.</param>
    /// <param name="arguments">The arguments.</param>
    public static ServerProcess Start(string project, int? processor, params ReadOnlySpan<string> arguments)
    {
        var folder = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var configuration = Path.GetFileName(folder);
        var program = Path.Combine(folder, "..", "..", project, configuration, project + ".dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        // Set explicitly, because a process inherits the affinity of its parent, which is bound to one processor.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            process.ProcessorAffinity = processor is { } one ? (nint)1 << one : ((nint)1 << Math.Min(Environment.ProcessorCount, 62)) - 1;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Loopback().Match(line) is not { Success: true } match)
                continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, new IPEndPoint(IPAddress.Loopback, int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
        }

        process.Kill();
        process.Dispose();
        throw new InvalidOperationException($"{project} does not listen.");
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // Ends the server even if this process is terminated during a measurement.
    private void OnProcessExit(object? sender, EventArgs e) => _process.Kill();

    [GeneratedRegex(@"istening on .*127\.0\.0\.1:(\d+)")]
    private static partial Regex Loopback();
}
