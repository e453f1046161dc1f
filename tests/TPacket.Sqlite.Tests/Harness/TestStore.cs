using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Writing;
using TPacket.Testing;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A SQLite store without a server.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestStore(ServiceProvider services) => _services = services;

    public SqliteStore Store => _services.GetRequiredService<SqliteStore>();

    public StoreCondition Condition => _services.GetRequiredService<StoreCondition>();

    public OperationQueue Queue => _services.GetRequiredService<OperationQueue>();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>Opens a store.</summary>
    public static TestStore Start(string path, TimeProvider? time = null, Action<SqliteOptions>? configure = null, Action<TPacketServerOptions>? server = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics();
        if (time is not null)
            services.AddSingleton(time);
        services.AddTPacketServer(server).UseSqlite(options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
        var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<SqliteStore>().Start();
            return new TestStore(provider);
        }
        catch
        {
            provider.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    public async Task<(IRoomLog Log, RecordingSubscriber Subscriber)> OpenAsync(string room = "lobby")
    {
        var subscriber = new RecordingSubscriber();
        return (await Store.OpenAsync(room, subscriber, default), subscriber);
    }

    public Task BackUpAsync(string path, CancellationToken cancellationToken = default) => _services.GetRequiredService<SqliteBackup>().WriteAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
