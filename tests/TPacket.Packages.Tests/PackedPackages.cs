using System.Text.Json;

namespace TPacket.Packages.Tests;

/// <summary>
/// All packages of the repository, packed into a folder under a new version, so that no cache has an older build of it.
/// The build has a folder of its own, because the tests run from the usual one.
/// </summary>
public sealed class PackedPackages : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-packed-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(15));

    /// <summary>The folder with the packages.</summary>
    public string Feed => Path.Combine(_folder, "feed");

    /// <summary>The version of all packages.</summary>
    public string Version { get; } = $"0.2.0-test.{Guid.NewGuid():N}";

    /// <summary>A package's file.</summary>
    public string FileOf(string id) => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    /// <summary>Makes projects in a folder use these packages, and nothing else of this repository.</summary>
    internal async Task SupplyAsync(string folder, CancellationToken deadline)
    {
        Directory.CreateDirectory(folder);
        // MSBuild uses the nearest of each of these files, and so finds none of this repository.
        foreach (var file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(Path.Combine(folder, file), "<Project />", deadline);
        // The machine's own sources are inherited, for the packages of others.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><add key="packages-under-test" value="{Feed}" /></packageSources></configuration>""", deadline);
    }

    public async Task InitializeAsync()
    {
        // With a filter of the solution, one command restores and builds all projects.
        var filter = Path.Combine(_folder, "packed.slnf");
        var solution = new { path = Path.Combine(Repository.Root, "TPacket.Net.sln"), projects = Repository.Packed.Select(static project => project.Replace('/', '\\')) };
        await File.WriteAllTextAsync(filter, JsonSerializer.Serialize(new { solution }), _deadline.Token);
        await Dotnet.RunAsync(
            Repository.Root, _deadline.Token, "pack", filter, "-c", "Release",
            // The analyzers have seen the same sources in the build of the solution.
            "-p:RunAnalyzers=false", $"-p:Version={Version}", $"-p:PackageOutputPath={Feed}", $"-p:ArtifactsPath={Path.Combine(_folder, "artifacts")}");
    }

    /// <summary>Removes the packages from the machine's package cache.</summary>
    public async Task DisposeAsync()
    {
        var cache = (await Dotnet.RunAsync(Repository.Root, CancellationToken.None, "nuget", "locals", "global-packages", "--list"))
            .Split(": ", 2)[1].Trim();
#pragma warning disable CA1308 // The cache's folders are in lower case.
        foreach (var package in Repository.Packed.Select(project => new DirectoryInfo(Path.Combine(cache, Path.GetFileNameWithoutExtension(project).ToLowerInvariant()))))
#pragma warning restore CA1308
        {
            var version = new DirectoryInfo(Path.Combine(package.FullName, Version));
            if (!version.Exists)
                continue;
            version.Delete(recursive: true);
            if (!package.EnumerateFileSystemInfos().Any())
                package.Delete();
        }

        Dispose();
    }

    public void Dispose()
    {
        _deadline.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
