using TPacket.EndToEnd.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Pages.Tests;

/// <summary>The sample contains the client for its page, so that it runs without Node.</summary>
public sealed class BundleTests(BundleTests.Build build) : IClassFixture<BundleTests.Build>
{
    [Theory]
    [InlineData("WebChat", "tpacket-client.min.js")]
    [InlineData("Checkers", "tpacket-client.min.js")]
    [InlineData("Checkers", "tpacket-games.min.js")]
    public async Task The_client_script_of_the_page_is_equal_to_the_built_one(string sample, string bundle)
    {
        var carried = Path.Combine(TypeScriptPackage.Folder, $"../../samples/{sample}/wwwroot", bundle);
        Assert.True(
            await build.BundleAsync(bundle) == await File.ReadAllTextAsync(carried),
            $"clients/typescript has changed. Carry it over: cp clients/typescript/dist/{bundle} samples/{sample}/wwwroot/");
    }

    /// <summary>Builds the client. Only a fixture can report installations to the user.</summary>
    public sealed class Build(IMessageSink console)
    {
        internal async Task<string> BundleAsync(string bundle)
        {
            await TypeScriptPackage.BuildAsync(console);
            return await File.ReadAllTextAsync(Path.Combine(TypeScriptPackage.Folder, "dist", bundle));
        }
    }
}
