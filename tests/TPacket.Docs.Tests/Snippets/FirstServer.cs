// begin-snippet: first-server
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class FirstServer
{
    public static async Task RunAsync(string[] args, Action<HostApplicationBuilder> watch)
    {
        // begin-snippet: first-server
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer();
        // end-snippet
        watch(builder);
        // begin-snippet: first-server
        await builder.Build().RunAsync();
        // end-snippet
    }
}
