using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Packages.Tests;

public sealed class PackedToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tool-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));

    [Fact]
    public async Task The_packed_tool_installs_from_the_feed_and_checks_a_server()
    {
        var version = $"0.1.0-test.{Guid.NewGuid():N}";
        var feed = Path.Combine(_folder, "feed");
        var tools = Path.Combine(_folder, "tools");
        await Dotnet.RunAsync(
            Repository.Root, _deadline.Token, "pack", Path.Combine("tools", "TPacket.Tool"), "-c", "Release",
            $"-p:Version={version}", $"-p:PackageOutputPath={feed}", $"-p:ArtifactsPath={Path.Combine(_folder, "artifacts")}");
        // The only source: the package has its dependencies in it.
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nuget.config"), $"""<configuration><packageSources><clear /><add key="feed" value="{feed}" /></packageSources></configuration>""", _deadline.Token);
        await Dotnet.RunAsync(_folder, _deadline.Token, "tool", "install", "TPacket.Tool", "--tool-path", tools, "--version", version, "--configfile", "nuget.config");
        var tool = Path.Combine(tools, OperatingSystem.IsWindows() ? "tpacket.exe" : "tpacket");

        Assert.Equal((0, version + Environment.NewLine), await RunAsync(tool, "--version"));
        var (exitCode, output) = await RunAsync(tool, "check", $"ws://127.0.0.1:{UnusedPort()}/");
        Assert.Contains("nothing listens on port", output, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(_deadline.Token);
        await process.WaitForExitAsync(_deadline.Token);
        return (process.ExitCode, output);
    }
}
