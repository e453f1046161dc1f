using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Server.Tests.Harness;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A server with a SQLite store.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host) => _host = host;

    public IRoomDirectory Rooms => _host.Services.GetRequiredService<IRoomDirectory>();

    public IUserDirectory Users => _host.Services.GetRequiredService<IUserDirectory>();

    public static async Task<TestHost> StartAsync(string path, TimeProvider time, Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(time);
        var server = builder.Services.AddTPacketServer(o =>
        {
            (o.Address, o.Port, o.MaxConnections) = ("127.0.0.1", 0, 100);
            // The clients do not answer pings, and the clock stands still.
            (o.PingAfterIdle, o.MoveOnSpread) = (TimeSpan.FromDays(700), TimeSpan.Zero);
            options?.Invoke(o);
        }).UseSqlite(o => o.Path = path);
        build?.Invoke(server);
        var host = builder.Build();
        using var deadline = Deadline.Start();
        await host.StartAsync(deadline.Token);
        return new TestHost(host);
    }

    /// <summary>Connects a client that has sent nothing yet.</summary>
    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(new Uri($"ws://{(IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/"));

    public async Task<TestClient> SignInAsync(string nick)
    {
        var client = await ConnectAsync();
        await client.SignInAsync(nick);
        return client;
    }

    public Task BackUpAsync(string path) => _host.Services.GetRequiredService<SqliteBackup>().WriteAsync(path, default);

    /// <summary>Completes after all queued operations of the writer.</summary>
    public async Task CommitAsync() => await _host.Services.GetRequiredService<SqliteStore>().ReserveAsync(1);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
