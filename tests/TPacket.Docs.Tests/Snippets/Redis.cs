// begin-snippet: redis-readme
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class Redis
{
    public static async Task ServeAsync(string[] args)
    {
        // begin-snippet: redis-readme
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer().UseRedis("localhost:6379");
        await builder.Build().RunAsync();
        // end-snippet
    }
}
