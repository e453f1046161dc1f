using System.Reflection.PortableExecutable;

namespace TPacket.Publish.Tests;

public sealed class ReadyToRunTests(ReadyToRunHost host) : PublishedHostSpecification(host), IClassFixture<ReadyToRunHost>
{
    [Fact]
    public void Every_assembly_has_native_code()
    {
        var assemblies = Directory.GetFiles(host.Folder, "*.dll");
        Assert.Contains(Path.Combine(host.Folder, "TPacket.Server.dll"), assemblies);
        Assert.All(assemblies, static file =>
        {
            using var assembly = new PEReader(File.OpenRead(file));
            Assert.NotEqual(0, assembly.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        });
    }
}
