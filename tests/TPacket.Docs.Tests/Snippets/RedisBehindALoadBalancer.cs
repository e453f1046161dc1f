using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Docs.Tests.Snippets;

internal static class RedisBehindALoadBalancer
{
    public static async Task ServeAsync(string[] args)
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
