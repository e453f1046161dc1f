using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace TPacket.Docs.Tests.Snippets;

internal static class Deployment
{
    public static void Observe(WebApplicationBuilder builder)
    {
        // begin-snippet: telemetry
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("rooms"))
            .WithMetrics(static metrics => metrics.AddMeter("TPacket.Server", "TPacket.Redis", "System.Runtime"))
            .WithTracing(static traces => traces.AddSource("TPacket.Server"))
            .UseOtlpExporter();
        // end-snippet
    }

    public static void Operate(WebApplicationBuilder builder, WebApplication app)
    {
        // begin-snippet: admin
        builder.Services.AddAuthorizationBuilder().AddPolicy("TPacketAdmin", policy => policy.RequireRole("operator"));
        app.MapTPacketAdmin();
        // end-snippet
    }
}
