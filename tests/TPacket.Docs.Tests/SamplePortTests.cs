using System.Text.Json;

namespace TPacket.Docs.Tests;

/// <summary>The ports in the pages.</summary>
public class SamplePortTests
{
    [Theory]
    [InlineData("WebChat", "a chat for browsers")]
    [InlineData("Poll", "a poll")]
    [InlineData("Checkers", "the game above")]
    public void The_readme_names_the_port_that_a_sample_listens_on(string sample, string name)
    {
        if (Repository.Root() is not { } root)
            return; // Run from elsewhere: the repository is not there.
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "samples", sample, "appsettings.json")));
        var address = settings.RootElement.GetProperty("Urls").GetString();
        Assert.Contains($"{name} at {address}/.", Pages.Read("README.md"), StringComparison.Ordinal);
    }
}
