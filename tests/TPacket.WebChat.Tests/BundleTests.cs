using TPacket.Clients.Tests;
using Xunit.Abstractions;

namespace TPacket.WebChat.Tests;

/// <summary>The sample carries the client that its page needs, so that it runs without Node.</summary>
public sealed class BundleTests(BundleTests.Build build) : IClassFixture<BundleTests.Build>
{
    [Fact]
    public async Task The_client_beside_the_page_is_the_one_that_is_built()
    {
        var carried = Path.Combine(TypeScriptPackage.Folder, "../../samples/WebChat/wwwroot/tpacket-client.min.js");
        Assert.True(
            await build.BundleAsync() == await File.ReadAllTextAsync(carried),
            "clients/typescript has changed. Carry it over: cp clients/typescript/dist/tpacket-client.min.js samples/WebChat/wwwroot/");
    }

    /// <summary>Builds the client; a fixture, since only those can say what is installed.</summary>
    public sealed class Build(IMessageSink console)
    {
        internal async Task<string> BundleAsync()
        {
            await TypeScriptPackage.BuildAsync(console);
            return await File.ReadAllTextAsync(TypeScriptPackage.Bundle);
        }
    }
}
