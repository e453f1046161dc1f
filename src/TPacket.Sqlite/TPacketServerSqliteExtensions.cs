using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Hosting;
using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Sqlite.Writing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the rooms of a tPacket server in a SQLite file.</summary>
public static class TPacketServerSqliteExtensions
{
    /// <summary>
    /// Keeps rooms, the sessions of users and their ids in a SQLite file. The options come from the configuration section <c>TPacket:Sqlite</c>, then from <paramref name="configure"/>. The file is opened
    /// before the server starts; a host whose file cannot be served does not start.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="configure">Sets options in code; they win over the configuration.</param>
    public static ITPacketServerBuilder UseSqlite(this ITPacketServerBuilder builder, Action<SqliteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.All(static service => service.ServiceType != typeof(SqliteStore)))
            AddStore(services);
        if (configure is not null)
            services.Configure(configure);
        return builder;
    }

    /// <summary>Adds a health check of the file: it fails while commits fail, with the reason, and is degraded when a part of the file was found to be damaged.</summary>
    public static ITPacketServerBuilder AddSqliteHealthCheck(this ITPacketServerBuilder builder, string name = "tpacket.sqlite")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, static services => new SqliteHealthCheck(services.GetRequiredService<StoreCondition>()), failureStatus: null, tags: ["ready", "tpacket"]));
        return builder;
    }

    private static void AddStore(IServiceCollection services)
    {
        services.AddOptions<SqliteOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<SqliteOptions>, SqliteOptionsSetup>();
        services.AddSingleton<IValidateOptions<SqliteOptions>, SqliteOptionsValidator>();
        services.AddSingleton<StoreSettings>();
        services.AddSingleton<OperationQueue>();
        services.AddSingleton<SqliteMetrics>();
        services.AddSingleton<StoreCondition>();
        services.AddSingleton<SqliteStore>();
        services.AddSingleton(static provider => new SqliteBackup(provider.GetRequiredService<SqliteStore>()));
        services.AddSingleton<IHostedService, SqliteLifetime>();
        services.Replace(ServiceDescriptor.Singleton<IRoomStore>(static provider => provider.GetRequiredService<SqliteStore>()));
        services.Replace(ServiceDescriptor.Singleton<IUserIdStore>(static provider => provider.GetRequiredService<SqliteStore>()));
        services.Replace(ServiceDescriptor.Singleton<ISessionStore, SqliteSessionStore>());
    }
}
