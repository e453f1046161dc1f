namespace TPacket.Publish.Tests;

public sealed class NativeTests(NativeHost host) : PublishedHostSpecification(host), IClassFixture<NativeHost>
{
    [Fact]
    public void The_program_needs_no_runtime()
    {
        Assert.Empty(Directory.GetFiles(host.Folder, "*.dll"));
        Assert.Empty(Directory.GetFiles(host.Folder, "*.runtimeconfig.json"));
    }
}
