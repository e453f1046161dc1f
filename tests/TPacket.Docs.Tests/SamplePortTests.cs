using System.Text.Json;

namespace TPacket.Docs.Tests;

/// <summary>Ports that the pages name.</summary>
public class SamplePortTests
{
    [Fact]
    public void The_readme_names_the_port_that_WebChat_listens_on()
    {
        if (Repository.Root() is not { } root)
            return; // Run from elsewhere; the page alone cannot tell.
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "samples", "WebChat", "appsettings.json")));
        var address = settings.RootElement.GetProperty("Urls").GetString();
        Assert.Contains($"a chat for browsers at {address}/.", Pages.Read("README.md"), StringComparison.Ordinal);
    }
}
