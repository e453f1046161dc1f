using TPacket.Interop.Tests.Peers;
using TPacket.Packages.Tests;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>A sample, published for this machine into <c>artifacts/publish</c>. A warning of the compiler or the trimmer is an error.</summary>
/// <param name="console">Receives messages for the user.</param>
/// <param name="sample">The sample's name.</param>
/// <param name="kind">The folder's name.</param>
/// <param name="how">Arguments of <c>dotnet publish</c>.</param>
public abstract class PublishedSample(IMessageSink console, string sample, string kind, params string[] how) : IAsyncLifetime
{
    /// <summary>The argument that compiles ahead of time. It needs a linker, which the fixture installs where it can.</summary>
    public const string Native = "-p:PublishAot=true";

    private static readonly string _publish = Path.Combine(Repository.Root, "artifacts", "publish");

    /// <summary>The folder of the program and its files.</summary>
    public string Folder { get; } = Path.Combine(_publish, kind);

    /// <summary>The path of the program.</summary>
    public string Program => Path.Combine(Folder, sample + (OperatingSystem.IsWindows() ? ".exe" : ""));

    protected IMessageSink Console => console;

    public async Task InitializeAsync()
    {
        // The SDK calls either of them and prefers the first.
        if (OperatingSystem.IsLinux() && how.Contains(Native))
            await Tool.FindOrInstallAsync(console, "gcc libc6-dev", "clang", "gcc");
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        // A build folder of its own: other tests run programs from the usual one.
        await Dotnet.RunAsync(
            Repository.Root, deadline.Token,
            [
                "publish", Path.Combine("samples", sample), "-c", "Release", "--use-current-runtime", "-warnaserror",
                // The build of the solution runs the analyzers; the trimmer and the native compiler have warnings of their own.
                "-p:RunAnalyzers=false",
                "--artifacts-path", Path.Combine(_publish, "build"), "-o", Folder, .. how,
            ]);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
