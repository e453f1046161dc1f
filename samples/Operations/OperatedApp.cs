using Microsoft.AspNetCore.Authentication;
using OpenTelemetry;
using OpenTelemetry.Resources;
using TPacket.Samples;

namespace Operations;

/// <summary>Rooms with probes, telemetry and the admin page.</summary>
internal static class OperatedApp
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostProgram.ReadOnce(args), ContentRootPath = AppContext.BaseDirectory });
        var rooms = builder.Services.AddTPacketServer().AddHealthCheck();
        // Without Redis, the rooms are in this server's memory.
        if (builder.Configuration["TPacket:Redis:Configuration"] is { Length: > 0 })
            rooms.UseRedis().AddRedisHealthCheck();

        // The environment variables OTEL_*, which are also settings, configure the collector, the period and the sampler.
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("rooms"))
            .WithMetrics(static metrics => metrics.AddMeter("TPacket.Server", "TPacket.Redis", "System.Runtime"))
            .WithTracing(static traces => traces.AddSource("TPacket.Server"))
            .UseOtlpExporter();

        builder.Services.Configure<OperatorOptions>(builder.Configuration.GetSection("Operator"));
        builder.Services.AddAuthentication(OperatorAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, OperatorAuthentication>(OperatorAuthentication.SchemeName, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("TPacketAdmin", static policy => policy.RequireRole(OperatorAuthentication.Role));

        var app = builder.Build();
        app.MapTPacketHealth();
        app.MapTPacket("/rooms");
        app.MapTPacketAdmin();
        return app;
    }
}
