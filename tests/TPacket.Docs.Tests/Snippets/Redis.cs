using Microsoft.AspNetCore.Builder;
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

    public static async Task ServeWithHealthCheckAsync(string[] args)
    {
        // begin-snippet: redis-server
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer()
            .UseRedis("localhost:6379")
            .AddRedisHealthCheck();
        await builder.Build().RunAsync();
        // end-snippet
    }

    public static async Task ServeBehindALoadBalancerAsync(string[] args)
    {
        // begin-snippet: redis-ready
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddTPacketServer()
            .UseRedis("redis:6379")
            .AddHealthCheck()
            .AddRedisHealthCheck();

        var app = builder.Build();
        app.MapTPacketHealth();
        app.MapTPacket("/rooms");
        await app.RunAsync();
        // end-snippet
    }
}
