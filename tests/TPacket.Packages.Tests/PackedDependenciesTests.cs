using System.IO.Compression;
using System.Xml.Linq;

namespace TPacket.Packages.Tests;

[Collection(PackedPackagesGroup.Name)]
public sealed class PackedDependenciesTests(PackedPackages packages)
{
    [Fact]
    public async Task A_package_depends_on_exactly_its_own_version_of_the_other_packages()
    {
        var versions = new List<string?>();
        foreach (var project in Repository.Packed)
            versions.AddRange(await ReadVersionsAsync(Path.GetFileNameWithoutExtension(project)));

        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Equal($"[{packages.Version}]", version));
    }

    /// <summary>Reads the versions that a package asks for of the other packages of this repository.</summary>
    private async Task<IEnumerable<string?>> ReadVersionsAsync(string package)
    {
        await using var archive = await ZipFile.OpenReadAsync(packages.FileOf(package));
        await using var manifest = await archive.Entries.Single(entry => entry.FullName == $"{package}.nuspec").OpenAsync();
        var content = await XDocument.LoadAsync(manifest, LoadOptions.None, CancellationToken.None);
        return content.Descendants()
            .Where(static element => element.Name.LocalName == "dependency" && element.Attribute("id")!.Value.StartsWith("TPacket.", StringComparison.Ordinal))
            .Select(static element => element.Attribute("version")?.Value);
    }
}
