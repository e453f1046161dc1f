using System.Text.RegularExpressions;
using TPacket.Redis.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Packages.Tests;

/// <summary>docs/tutorial-three-nodes.md: the test runs the commands of the page, in their order, and compares their output with the page's.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed partial class ThreeNodesTutorialTests(PackedPackages packages, ITestOutputHelper log) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tutorial-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(8));

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Every_command_of_the_tutorial_about_three_nodes_prints_the_output_on_its_page()
    {
        if (!OperatingSystem.IsLinux())
            return; // The page's commands are of Linux.
        var page = TutorialPage.Read("tutorial-three-nodes.md");
        var shell = await TutorialShell.CreateAsync(packages, _folder, _deadline.Token);
        await FollowScriptAsync(page, shell);
        await FollowProgramAsync(page, shell);
        page.AssertIsRead();
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Follows the sections about the script: two clients on two nodes, one of which is killed.</summary>
    private async Task FollowScriptAsync(TutorialPage page, TutorialShell shell)
    {
        Assert.Equal(ThreeNodes.Command, page.TakeCommand());
        // Otherwise the script would print that it unpacks Redis.
        _ = await RedisProgram.FindAsync(Path.Combine(Repository.Root, "artifacts"), log.WriteLine);
        await using var nodes = await ThreeNodes.StartAsync(_deadline.Token);
        var started = page.TakeOutput();
        TutorialOutput.AssertEqual(started, string.Join('\n', nodes.Output));
        foreach (var (onPage, actual) in Varying().Matches(started).Zip(Varying().Matches(string.Join('\n', nodes.Output))))
            shell.Replace(onPage.Value, actual.Value);
        shell.Replace("ws://localhost:25021/", nodes.Address.ToString());

        var install = page.TakeCommands();
        await shell.RunAsync(install[..^1]);
        await using var tail = shell.Start(install[^1]);
        var send = page.TakeCommand();
        await FollowAsync(tail, page.TakeOutput(), "entered lobby", () => shell.RunAsync(send));

        var kill = page.TakeCommands();
        await shell.RunAsync(kill[..^1]);
        await FollowAsync(tail, page.TakeOutput(), "Ready: lobby", () => shell.RunAsync(kill[^1]));

        await shell.CompareAsync(page);
        Assert.Equal(0, await nodes.StopAsync(_deadline.Token));
    }

    /// <summary>Follows the section about an own program, which two terminals run on one Redis.</summary>
    private async Task FollowProgramAsync(TutorialPage page, TutorialShell shell)
    {
        var start = page.TakeCommand().Split(' ');
        Assert.Equal(["redis-server", "--port", "6379"], start[..3]);
        await using var redis = await RedisServer.StartAsync(await RedisProgram.FindAsync(Path.Combine(Repository.Root, "artifacts"), log.WriteLine), start[3..]);
        shell.Replace("localhost:6379", redis.Configuration);

        await shell.RunAsync(page.TakeCommands());
        await shell.WriteAsync(page.TakeSourceFile());
        var build = page.TakeCommands();
        await shell.RunAsync(build[..^1]);
        await using var first = await ServeAsync(shell, build[^1]);
        await using var second = await ServeAsync(shell, page.TakeCommand());

        await shell.CompareAsync(page);
        await shell.CompareAsync(page);
    }

    /// <summary>Compares lines that a running command prints with the page's, and acts once a line with a text is printed.</summary>
    private static async Task FollowAsync(TutorialProcess process, string onPage, string text, Func<Task> actAsync)
    {
        var lines = onPage.TrimEnd('\n').Split('\n');
        var before = Array.FindIndex(lines, line => line.Contains(text, StringComparison.Ordinal)) + 1;
        Assert.InRange(before, 1, lines.Length - 1);
        TutorialOutput.AssertEqual(string.Join('\n', lines[..before]), await process.ReadLinesAsync(before));
        await actAsync();
        TutorialOutput.AssertEqual(string.Join('\n', lines[before..]), await process.ReadLinesAsync(lines.Length - before));
    }

    /// <summary>Starts a server of the program on a port that the system picks. The following commands use it for the port on the page.</summary>
    private static async Task<TutorialProcess> ServeAsync(TutorialShell shell, string command)
    {
        var port = Port().Match(command).Value;
        var (server, endPoint) = await shell.StartServerAsync(command.Replace($"Port={port}", "Port=0", StringComparison.Ordinal));
        shell.Replace($"ws://localhost:{port}/", $"ws://{endPoint}/");
        return server;
    }

    // An address or a process id.
    [GeneratedRegex(@"127\.0\.0\.1:\d+|(?<=process )\d+")]
    private static partial Regex Varying();

    [GeneratedRegex(@"(?<=Port=)\d+")]
    private static partial Regex Port();
}
