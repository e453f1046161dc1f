using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Hosting;
using TPacket.Server.Redis.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that store the rooms of a tPacket server on Redis.</summary>
public static class TPacketServerRedisExtensions
{
    /// <summary>
    /// Stores rooms, sessions, nicks and user ids on Redis. The configuration section <c>TPacket:Redis</c> sets the options; the parameters override it.
    /// The server connects before it starts. If it cannot connect, the host fails to start.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="configuration">
    /// The servers, as a configuration string of StackExchange.Redis such as <c>host:6379</c>; null to take them from the configuration section.
    /// </param>
    /// <param name="configure">Sets options in code. It overrides the configuration section and <paramref name="configuration"/>.</param>
    /// <returns>The same builder.</returns>
    public static ITPacketServerBuilder UseRedis(this ITPacketServerBuilder builder, string? configuration = null, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.All(static service => service.ServiceType != typeof(RedisStore)))
            AddStore(services);
        if (configuration is not null)
            services.Configure<RedisOptions>(options => options.Configuration = configuration);
        if (configure is not null)
            services.Configure(configure);
        return builder;
    }

    /// <summary>Adds a health check, with the tags <c>ready</c> and <c>tpacket</c>, that fails while the node cannot renew its lease.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The name of the health check.</param>
    /// <returns>The same builder.</returns>
    public static ITPacketServerBuilder AddRedisHealthCheck(this ITPacketServerBuilder builder, string name = "tpacket.redis")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, static services => new RedisHealthCheck(services.GetRequiredService<RedisStore>()), failureStatus: null, tags: ["ready", "tpacket"]));
        return builder;
    }

    private static void AddStore(IServiceCollection services)
    {
        services.AddOptions<RedisOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<RedisOptions>, RedisOptionsSetup>();
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>();
        services.AddSingleton<StoreSettings>();
        services.AddSingleton<RedisMetrics>();
        services.AddSingleton<RedisStore>();
        services.AddSingleton<IHostedService, RedisLifetime>();
        services.Replace(ServiceDescriptor.Singleton<IRoomStore>(static provider => provider.GetRequiredService<RedisStore>()));
        services.AddSingleton<INickStore>(static provider => provider.GetRequiredService<RedisStore>().Nicks);
        services.AddSingleton<IServerLink>(static provider => provider.GetRequiredService<RedisStore>().Link);
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static provider => provider.GetRequiredService<RedisStore>().Sessions));
        services.Replace(ServiceDescriptor.Singleton<IUserIdStore>(static provider => provider.GetRequiredService<RedisStore>().UserIds));
    }
}
