using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A run of the script eng/three-nodes.cs as in the README.</summary>
internal sealed partial class ThreeNodes : IAsyncDisposable
{
    /// <summary>The command line of the script on the pages.</summary>
    public const string Command = "dotnet run eng/three-nodes.cs";

    private readonly Process _script;
    private readonly List<string> _output = [];
    private readonly List<int> _processes = [];
    private readonly Task<string> _errors;

    private ThreeNodes(Process script)
    {
        _script = script;
        _errors = script.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>The address of the balancer.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The lines of the script's output that were read so far.</summary>
    public IReadOnlyList<string> Output => _output;

    /// <summary>The process ids of Redis and the three nodes.</summary>
    public IReadOnlyList<int> Processes => _processes;

    /// <summary>Starts the script with the sample host that was built with the tests, and waits until all nodes run.</summary>
    public static async Task<ThreeNodes> StartAsync(CancellationToken deadline)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "TPacket.Net.sln")))
            root = root.Parent!;
        var start = new ProcessStartInfo("dotnet", [.. Command.Split(' ').Skip(1), "--", "--port", "0", "--no-build"])
        {
            WorkingDirectory = root.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Variables of the running `dotnet test` would confuse the script's MSBuild, and its build servers would outlive the test.
        foreach (var inherited in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(inherited);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        // `dotnet run` builds the script. Another test project may do so at this moment.
        var building = await Interop.Tests.Peers.Tool.LockAsync(Path.Combine(root.FullName, "artifacts", "three-nodes.lock"));
        var nodes = new ThreeNodes(Process.Start(start)!);
        try
        {
            await using (building)
                await nodes.ReadUntilAsync("Redis at ", deadline);
            var balancer = await nodes.ReadUntilAsync("Balancer at ", deadline);
            nodes.Address = new Uri(Balancer().Match(balancer).Value);
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a node.</summary>
    /// <param name="number">Its number.</param>
    public void Kill(int number)
    {
        // The first process is Redis.
        using var victim = Process.GetProcessById(_processes[number]);
        victim.Kill();
    }

    /// <summary>Reads the script's output up to a line with a text.</summary>
    /// <returns>The line.</returns>
    public async Task<string> ReadUntilAsync(string text, CancellationToken deadline)
    {
        while (await _script.StandardOutput.ReadLineAsync(deadline) is { } line)
        {
            _output.Add(line);
            if (Started().Match(line) is { Success: true } started)
                _processes.Add(int.Parse(started.Groups[1].Value, CultureInfo.InvariantCulture));
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException($"The script ended without '{text}':\n{string.Join('\n', _output)}\n{await _errors}");
    }

    /// <summary>Ends the script by SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(CancellationToken deadline)
    {
        using (var kill = Process.Start("kill", ["-s", "TERM", _script.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(deadline);
        await _script.StandardOutput.ReadToEndAsync(deadline);
        await _script.WaitForExitAsync(deadline);
        return _script.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
        {
            _script.Kill(entireProcessTree: true);
            await _script.WaitForExitAsync(CancellationToken.None);
        }

        await _errors.WaitAsync(Deadline.Limit);
        _script.Dispose();
    }

    [GeneratedRegex(@"(?:Redis|Node \d) at .*, process (\d+)\.$")]
    private static partial Regex Started();

    [GeneratedRegex(@"ws://[\d.:]+/")]
    private static partial Regex Balancer();
}
