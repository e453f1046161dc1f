using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A server on Redis with short leases.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host) => _host = host;

    public IRoomDirectory Rooms => _host.Services.GetRequiredService<IRoomDirectory>();

    public IUserDirectory Users => _host.Services.GetRequiredService<IUserDirectory>();

    public ICluster Cluster => _host.Services.GetRequiredService<ICluster>();

    public RedisStore Store => _host.Services.GetRequiredService<RedisStore>();

    public static async Task<TestHost> StartAsync(string redis, string prefix, Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var server = builder.Services.AddTPacketServer(o =>
        {
            (o.Address, o.Port, o.MaxConnections, o.PacketsPerSecond, o.MoveOnSpread) = ("127.0.0.1", 0, 100, 0, TimeSpan.Zero);
            options?.Invoke(o);
        }).UseRedis(redis, o =>
        {
            o.KeyPrefix = prefix;
            (o.NodeLease, o.RenewalPeriod, o.SweepPeriod) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.25));
        });
        build?.Invoke(server);
        var host = builder.Build();
        using var deadline = Deadline.Start();
        await host.StartAsync(deadline.Token);
        return new TestHost(host);
    }

    public Uri Address => new($"ws://{(IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0]}/");

    /// <summary>Connects a client that has sent nothing yet.</summary>
    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(Address);

    public async Task<TestClient> SignInAsync(string nick)
    {
        var client = await ConnectAsync();
        await client.SignInAsync(nick);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
