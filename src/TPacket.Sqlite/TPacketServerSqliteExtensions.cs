using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Hosting;
using TPacket.Server.Sqlite.Options;
using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Sqlite.Writing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that store the rooms of a tPacket server in a SQLite file.</summary>
public static class TPacketServerSqliteExtensions
{
    /// <summary>
    /// Stores rooms, sessions and user ids in a SQLite file. The configuration section <c>TPacket:Sqlite</c> sets the options;
    /// <paramref name="configure"/> overrides it. The store opens the file before the server starts. If it cannot serve the file, the host fails to start.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="configure">Sets options in code. It overrides the configuration section.</param>
    /// <returns>The same builder.</returns>
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

    /// <summary>
    /// Adds a health check, with the tags <c>ready</c> and <c>tpacket</c>. It fails while commits fail, with the reason, and is degraded after a part
    /// of the file was found to be damaged.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The name of the health check.</param>
    /// <returns>The same builder.</returns>
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
