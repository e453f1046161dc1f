using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Packages.Tests;

[Collection(PackedPackagesGroup.Name)]
public sealed class PackedToolTests(PackedPackages packages) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tool-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));

    [Fact]
    public async Task The_packed_tool_installs_from_the_feed_and_checks_a_server()
    {
        var tools = Path.Combine(_folder, "tools");
        // The only source: the package contains its dependencies.
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nuget.config"), $"""<configuration><packageSources><clear /><add key="feed" value="{packages.Feed}" /></packageSources></configuration>""", _deadline.Token);
        await Dotnet.RunAsync(_folder, _deadline.Token, "tool", "install", "TPacket.Tool", "--tool-path", tools, "--version", packages.Version, "--configfile", "nuget.config");
        var tool = Path.Combine(tools, OperatingSystem.IsWindows() ? "tpacket.exe" : "tpacket");

        Assert.Equal((0, packages.Version + Environment.NewLine), await RunAsync(tool, "--version"));
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
