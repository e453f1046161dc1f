using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Docs.Tests.Snippets;

internal static class Outside
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: health-check
        services.AddTPacketServer().AddHealthCheck();
        // end-snippet
        services.AddTPacketServer().AddRoomObserver<Attendance>();
        services.AddHostedService<RoundTimer>().AddSingleton<Moderation>().AddSingleton<ClusterModeration>();
    }

    public static void MapHealth(WebApplication app)
    {
        // begin-snippet: map-health
        app.MapTPacketHealth();
        // end-snippet
    }
}
