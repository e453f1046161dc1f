using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TPacket.Interop.Tests;
using TPacket.Interop.Tests.Tls;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>A server of any kind, with the protocol of its cell only.</summary>
internal sealed class MatrixServer : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly CertificateFiles? _files;

    private MatrixServer(IHost host, CertificateFiles? files) => (_host, _files) = (host, files);

    public IPEndPoint EndPoint { get; private set; } = null!;

    public static async Task<MatrixServer> StartAsync(ServerKind kind, bool compression, bool tls)
    {
        var files = tls ? new CertificateFiles() : null;
        var server = new MatrixServer(kind == ServerKind.Standalone ? Standalone(compression, files) : Kestrel(kind, compression, tls), files);
        using var deadline = Deadline.Start();
        await server._host.StartAsync(deadline.Token);
        server.EndPoint = server._host is WebApplication app
            ? IPEndPoint.Parse(new Uri(app.Urls.Single()).Authority)
            : (IPEndPoint)server._host.Services.GetRequiredService<TPacketServer>().EndPoints[0];
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // The stop does not wait for clients.
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        await _host.StopAsync(abandoned.Token);
        _host.Dispose();
        _files?.Dispose();
    }

    private static IHost Standalone(bool compression, CertificateFiles? files)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(options =>
        {
            options.Compression = compression;
            options.Endpoints.Add(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = files?.Certificate, CertificateKey = files?.Key });
        });
        return builder.Build();
    }

    private static WebApplication Kestrel(ServerKind kind, bool compression, bool tls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = kind == ServerKind.KestrelHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
            if (tls)
                listen.UseHttps(TestCertificate.Value);
        }));
        builder.Services.AddTPacketServer(options => options.Compression = compression);
        var app = builder.Build();
        app.MapTPacket("/");
        return app;
    }
}
