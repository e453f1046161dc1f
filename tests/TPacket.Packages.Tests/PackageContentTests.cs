using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace TPacket.Packages.Tests;

/// <summary>The files and the metadata of each package.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed class PackageContentTests(PackedPackages packages)
{
    // The kind of embedded source in the Portable PDB specification.
    private static readonly Guid _embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [Fact]
    public void Each_package_has_an_icon_a_readme_a_license_a_description_and_tags()
    {
        foreach (var project in Repository.Packed)
        {
            var id = Path.GetFileNameWithoutExtension(project);
            using var package = ZipFile.OpenRead(packages.FileOf(id));
            using var nuspec = package.GetEntry($"{id}.nuspec")!.Open();
            var metadata = XDocument.Load(nuspec).Descendants().Single(static element => element.Name.LocalName == "metadata");
            string Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? Fail(id, name);

            Assert.NotNull(package.GetEntry(Value("icon")));
            Assert.NotNull(package.GetEntry(Value("readme")));
            Assert.Equal("MIT", Value("license"));
            Assert.InRange(Value("description").Length, 40, 400);
            var tags = Value("tags").Split(' ');
            Assert.Contains("websocket", tags);
            Assert.True(tags.Length > 6, $"{id} has only the tags of all packages.");
        }
    }

    [Fact]
    public void The_symbols_of_each_library_have_the_sources_of_all_its_files()
    {
        foreach (var id in Repository.Libraries)
        {
            using var symbols = ZipFile.OpenRead(Path.ChangeExtension(packages.FileOf(id), "snupkg"));
            using var content = new MemoryStream();
            using (var file = symbols.GetEntry($"lib/net10.0/{id}.pdb")!.Open())
                file.CopyTo(content);
            content.Position = 0;
            using var provider = MetadataReaderProvider.FromPortablePdbStream(content);
            var reader = provider.GetMetadataReader();
            var embedded = reader.CustomDebugInformation
                .Select(reader.GetCustomDebugInformation)
                .Where(information => reader.GetGuid(information.Kind) == _embeddedSource)
                .Select(static information => information.Parent)
                .ToHashSet();
            var missing = reader.Documents.Where(document => !embedded.Contains(document)).Select(document => reader.GetString(reader.GetDocument(document).Name));
            Assert.Empty(missing);
            Assert.NotEmpty(reader.Documents);
        }
    }

    private static string Fail(string id, string name)
    {
        Assert.Fail($"{id} has no {name}.");
        return "";
    }
}
