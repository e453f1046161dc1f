using TPacket.Interop.Tests.Peers;
using TPacket.Packages.Tests;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>A sample, published for this machine into <c>artifacts/publish</c>. A warning of the compiler or the trimmer fails the publishing.</summary>
/// <param name="console">Is told what a person may want to know.</param>
/// <param name="sample">The sample's name.</param>
/// <param name="kind">The folder's name.</param>
/// <param name="how">Arguments of <c>dotnet publish</c>.</param>
public abstract class PublishedSample(IMessageSink console, string sample, string kind, params string[] how) : IAsyncLifetime
{
    /// <summary>Compiles ahead of time. That takes a linker, which is installed where there is none and that is possible.</summary>
    public const string Native = "-p:PublishAot=true";

    private static readonly string _publish = Path.Combine(Repository.Root, "artifacts", "publish");

    /// <summary>Where the program and all that belongs to it lies.</summary>
    public string Folder { get; } = Path.Combine(_publish, kind);

    /// <summary>What is run.</summary>
    public string Program => Path.Combine(Folder, sample + (OperatingSystem.IsWindows() ? ".exe" : ""));

    protected IMessageSink Console => console;

    public async Task InitializeAsync()
    {
        // The SDK calls either, the first for choice; for anything else it says itself what is missing.
        if (OperatingSystem.IsLinux() && how.Contains(Native))
            await Tool.FindOrInstallAsync(console, "gcc libc6-dev", "clang", "gcc");
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        // What is built on the way has a folder of its own: the one that other tests run from stays as it is.
        await Dotnet.RunAsync(
            Repository.Root, deadline.Token,
            [
                "publish", Path.Combine("samples", sample), "-c", "Release", "--use-current-runtime", "-warnaserror",
                "--artifacts-path", Path.Combine(_publish, "build"), "-o", Folder, .. how,
            ]);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
