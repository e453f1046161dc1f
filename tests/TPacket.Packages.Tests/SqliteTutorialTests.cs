using System.Globalization;
using System.Net;
using TPacket.Redis.Tests.Harness;

namespace TPacket.Packages.Tests;

/// <summary>docs/tutorial-sqlite.md: the test runs the commands of the page, in their order, and compares their output with the page's.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed class SqliteTutorialTests(PackedPackages packages) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tutorial-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(8));

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Every_command_of_the_tutorial_about_a_file_prints_the_output_on_its_page()
    {
        if (!OperatingSystem.IsLinux())
            return; // The page's commands are of Linux.
        var page = TutorialPage.Read("tutorial-sqlite.md");
        var shell = await TutorialShell.CreateAsync(packages, _folder, _deadline.Token);
        // The clients' address stays the same, although the server has another port after each start.
        await using var balancer = new Balancer();
        shell.Replace("ws://localhost:25021/", $"ws://{balancer.EndPoint}/");

        await shell.RunAsync(page.TakeCommands());
        await shell.WriteAsync(page.TakeSourceFile());
        await using var first = await ServeAsync(shell, page.TakeCommand(), balancer);
        const string Stored = "Rooms are stored in '.../chat.db'";
        Assert.Contains($"`{Stored}`", page.Text, StringComparison.Ordinal);
        TutorialOutput.AssertContains(Stored, first.Output);

        await shell.CompareAsync(page);

        await KillAsync(shell, page.TakeCommand(), first, balancer);
        await using var second = await ServeAsync(shell, page.TakeCommand(), balancer);
        await shell.CompareAsync(page);

        await using var chat = shell.Start(page.TakeCommand());
        await chat.ReadUntilAsync("You are in lobby.");
        await KillAsync(shell, page.TakeCommand(), second, balancer);
        await using var third = await ServeAsync(shell, page.TakeCommand(), balancer);
        await chat.ReadUntilAsync("You are back.");
        TutorialOutput.AssertEqual(page.TakeOutput(), chat.Output);
        await chat.EnterAsync("/quit");
        Assert.Equal((0, ""), await chat.ReadToEndAsync());

        await RunUntilEqualAsync(shell, page.TakeCommand(), page.TakeOutput());
        await RunUntilEqualAsync(shell, page.TakeCommand(), page.TakeOutput());

        await using var other = shell.Start(page.TakeCommand());
        var (exitCode, output) = await other.ReadToEndAsync();
        Assert.NotEqual(0, exitCode);
        TutorialOutput.AssertContains(page.TakeOutput(), output);
        page.AssertIsRead();
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<TutorialProcess> ServeAsync(TutorialShell shell, string command, Balancer balancer)
    {
        var (server, endPoint) = await shell.StartServerAsync(command);
        balancer.Use(IPEndPoint.Parse(endPoint));
        return server;
    }

    /// <summary>Kills the server as the page's <c>pkill</c> does, but only the child process of this test's <c>dotnet run</c>.</summary>
    private static async Task KillAsync(TutorialShell shell, string command, TutorialProcess server, Balancer balancer)
    {
        // Another process may get the port.
        balancer.Use();
        Assert.StartsWith("pkill -9 -x ", command, StringComparison.Ordinal);
        var found = await shell.RunAsync($"{command.Replace("pkill -9", "pgrep", StringComparison.Ordinal)} -P {server.Id}");
        await shell.RunAsync($"kill -9 {int.Parse(found, CultureInfo.InvariantCulture)}");
        Assert.NotEqual(0, (await server.ReadToEndAsync()).ExitCode);
    }

    /// <summary>Repeats a command until its output is the page's: a user leaves a moment after its command has ended.</summary>
    private static async Task RunUntilEqualAsync(TutorialShell shell, string command, string onPage)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        string output;
        do
            output = await shell.RunAsync(command);
        while (!TutorialOutput.AreEqual(onPage, output) && !deadline.IsCancellationRequested);
        TutorialOutput.AssertEqual(onPage, output);
    }
}
