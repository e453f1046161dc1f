namespace TPacket.Games.Tests;

/// <summary>The references of the assembly.</summary>
public class LayerTests
{
    [Fact]
    public void The_assembly_knows_the_server_and_the_protocol_only()
    {
        var others = typeof(GameResult).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name != "System" && !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.All(others, name => Assert.Contains(name, (string[])["TPacket.Protocol", "TPacket.Server", "Microsoft.Extensions.DependencyInjection.Abstractions"]));
    }
}
