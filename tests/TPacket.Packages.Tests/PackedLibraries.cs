namespace TPacket.Packages.Tests;

/// <summary>
/// The libraries, packed into a folder under a version that was never used before, so that no cache can answer with an older build.
/// The build has a folder of its own too: the one that the tests run from stays as it is.
/// </summary>
internal sealed class PackedLibraries : IAsyncDisposable
{
    private readonly List<string> _ids = [];

    private PackedLibraries(string feed) => Feed = feed;

    /// <summary>The folder with the packages.</summary>
    public string Feed { get; }

    /// <summary>The version of all packages.</summary>
    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    public static async Task<PackedLibraries> PackAsync(string folder, CancellationToken deadline)
    {
        var packed = new PackedLibraries(Path.Combine(folder, "feed"));
        foreach (var library in Repository.Libraries)
        {
            await Dotnet.RunAsync(
                Repository.Root, deadline, "pack", library, "-c", "Release",
                $"-p:Version={packed.Version}", $"-p:PackageOutputPath={packed.Feed}", $"-p:ArtifactsPath={Path.Combine(folder, "artifacts")}");
            packed._ids.Add(Path.GetFileName(library));
        }

        return packed;
    }

    /// <summary>Takes the packages out of the machine's package cache again.</summary>
    public async ValueTask DisposeAsync()
    {
        var cache = (await Dotnet.RunAsync(Repository.Root, CancellationToken.None, "nuget", "locals", "global-packages", "--list"))
            .Split(": ", 2)[1].Trim();
#pragma warning disable CA1308 // The cache's folders are in lower case.
        foreach (var package in _ids.Select(id => new DirectoryInfo(Path.Combine(cache, id.ToLowerInvariant()))))
#pragma warning restore CA1308
        {
            var version = new DirectoryInfo(Path.Combine(package.FullName, Version));
            if (!version.Exists)
                continue;
            version.Delete(recursive: true);
            if (!package.EnumerateFileSystemInfos().Any())
                package.Delete();
        }
    }
}
