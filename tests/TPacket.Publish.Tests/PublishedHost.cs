using System.Diagnostics;
using TPacket.Interop.Tests.Peers;
using TPacket.Packages.Tests;
using TPacket.Samples.Tests;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>The console host, published for this machine into <c>artifacts/publish</c>. A warning of the compiler or the trimmer fails the publishing.</summary>
/// <param name="console">Is told what a person may want to know.</param>
/// <param name="kind">The folder's name.</param>
/// <param name="how">Arguments of <c>dotnet publish</c>.</param>
public abstract class PublishedHost(IMessageSink console, string kind, params string[] how) : IAsyncLifetime
{
    private static readonly string _publish = Path.Combine(Repository.Root, "artifacts", "publish");

    /// <summary>Where the program and all that belongs to it lies.</summary>
    public string Folder { get; } = Path.Combine(_publish, kind);

    protected IMessageSink Console => console;

    public virtual async Task InitializeAsync()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        // What is built on the way has a folder of its own: the one that other tests run from stays as it is.
        await Dotnet.RunAsync(
            Repository.Root, deadline.Token,
            [
                "publish", Path.Combine("samples", SampleProcess.ConsoleHost), "-c", "Release", "--use-current-runtime", "-warnaserror",
                "--artifacts-path", Path.Combine(_publish, "build"), "-o", Folder, .. how,
            ]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Starts the program on a port that the system picks, and returns when it listens.</summary>
    internal async Task<SampleProcess> StartAsync(CancellationToken deadline, params string[] arguments)
    {
        var program = Path.Combine(Folder, SampleProcess.ConsoleHost + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var before = Stopwatch.GetTimestamp();
        var started = await SampleProcess.StartProgramAsync(program, deadline, arguments);
        Tool.Say(console, $"The {kind} host listened {Stopwatch.GetElapsedTime(before).TotalMilliseconds:0} ms after its start.");
        return started;
    }
}
