using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Tool.Tests.Harness;

/// <summary>A server in its own host, on a port chosen by the system.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly IHost _host;

    private TestServer(IHost host) => _host = host;

    public IPEndPoint EndPoint => (IPEndPoint)_host.Services.GetRequiredService<TPacketServer>().EndPoints[0];

    public string Address => $"ws://{EndPoint}/";

    public static Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null) => StartAsync(options, static _ => { });

    /// <summary>Starts a server with additional services, such as a store.</summary>
    public static async Task<TestServer> StartAsync(Action<TPacketServerOptions>? options, Action<ITPacketServerBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder.Services.AddTPacketServer(o =>
        {
            options?.Invoke(o);
            if (o.Endpoints.Count == 0)
                (o.Address, o.Port) = ("127.0.0.1", 0);
        }));
        var server = new TestServer(builder.Build());
        using var deadline = Deadline.Start();
        await server._host.StartAsync(deadline.Token);
        return server;
    }

    public static Task<TestServer> StartTlsAsync(TestCertificate certificate) => StartAsync(options =>
        options.Endpoints.Add(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = certificate.PemPath, CertificateKey = certificate.KeyPath }));

    /// <summary>Returns a service of the server's host.</summary>
    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        using var deadline = Deadline.Start();
        await _host.StopAsync(deadline.Token);
        _host.Dispose();
    }
}
