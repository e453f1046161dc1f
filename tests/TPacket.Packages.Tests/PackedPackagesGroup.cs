namespace TPacket.Packages.Tests;

/// <summary>The tests that use the packages: they are packed once.</summary>
[CollectionDefinition(Name)]
public sealed class PackedPackagesGroup : ICollectionFixture<PackedPackages>
{
    public const string Name = "packages";
}
