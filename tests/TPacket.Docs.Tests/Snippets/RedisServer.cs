// begin-snippet: redis-server
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class RedisServer
{
    public static async Task ServeAsync(string[] args)
    {
        // begin-snippet: redis-server
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer()
            .UseRedis("localhost:6379")
            .AddRedisHealthCheck();
        await builder.Build().RunAsync();
        // end-snippet
    }
}
