namespace TPacket.Testing.Tests;

/// <summary>The references of the assembly. It has no test runner, because a test project chooses its own.</summary>
public class LayerTests
{
    [Fact]
    public void The_library_references_the_server_and_the_attributes_and_assertions_of_xunit_and_no_runner()
    {
        string[] allowed = ["TPacket.Server", "TPacket.Protocol", "Microsoft.Extensions.TimeProvider.Testing", "xunit.core", "xunit.assert"];

        var others = typeof(RoomStoreSpecification).Assembly.GetReferencedAssemblies().Select(static reference => reference.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal));

        Assert.All(others, name => Assert.Contains(name, allowed));
    }
}
