using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server;
using TPacket.Server.Diagnostics;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests.Harness;

/// <summary>An ASP.NET Core app with rooms at <c>/chat</c>, on Kestrel with ports that the system chooses.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogCollector _logs;
    private readonly List<IDisposable> _clients = [];

    private TestApp(WebApplication app, LogCollector logs, HttpKind kind)
    {
        _app = app;
        _logs = logs;
        Kind = kind;
    }

    public HttpKind Kind { get; }

    public IServiceProvider Services => _app.Services;

    public TPacketServer Server => Services.GetRequiredService<TPacketServer>();

    /// <summary>The log. It contains every event that was logged before this property is read.</summary>
    public Recorder<LogEntry> Logs
    {
        get
        {
            using var deadline = Deadline.Start();
            Services.GetRequiredService<LogQueue>().FlushAsync(deadline.Token).AsTask().GetAwaiter().GetResult();
            return _logs.Entries;
        }
    }

    public IPEndPoint EndPoint { get; private set; } = null!;

    public Uri Uri => new($"{(Kind == HttpKind.Http2OverTls ? "wss" : "ws")}://{EndPoint}/chat");

    public Uri HttpUri => new($"{(Kind == HttpKind.Http2OverTls ? "https" : "http")}://{EndPoint}/chat");

    /// <summary>Starts an app on 127.0.0.1.</summary>
    /// <param name="kind">The HTTP version.</param>
    /// <param name="options">Sets options of the tPacket server.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="tPacket">Adds commands, filters and replacements.</param>
    /// <param name="use">Adds middleware.</param>
    /// <param name="endpoint">Adds conventions to the mapped path.</param>
    public static async Task<TestApp> StartAsync(
        HttpKind kind = HttpKind.Http1,
        Action<TPacketServerOptions>? options = null,
        Action<WebApplicationBuilder>? services = null,
        Action<ITPacketServerBuilder>? tPacket = null,
        Action<WebApplication>? use = null,
        Action<IEndpointConventionBuilder>? endpoint = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var logs = new LogCollector();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = kind == HttpKind.Http1 ? HttpProtocols.Http1 : HttpProtocols.Http2;
            if (kind == HttpKind.Http2OverTls)
                listen.UseHttps(SelfSigned.Certificate);
        }));
        if (kind == HttpKind.Http2OverTls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        services?.Invoke(builder);
        var server = builder.Services.AddTPacketServer(options);
        tPacket?.Invoke(server);

        var app = new TestApp(builder.Build(), logs, kind);
        try
        {
            app._app.UseRouting();
            use?.Invoke(app._app);
            var mapped = app._app.MapTPacket("/chat");
            endpoint?.Invoke(mapped);
            using var deadline = Deadline.Start();
            await app._app.StartAsync(deadline.Token);
            var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
            app.EndPoint = IPEndPoint.Parse(new Uri(address).Authority);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public Task<TestClient> ConnectAsync(string? origin = null, bool compression = false, Action<System.Net.WebSockets.ClientWebSocketOptions>? configure = null) =>
        TestClient.ConnectAsync(
            Uri,
            origin,
            compression,
            socket =>
            {
                if (Kind != HttpKind.Http1)
                {
                    socket.HttpVersion = HttpVersion.Version20;
                    socket.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
                }

                configure?.Invoke(socket);
            },
            Kind == HttpKind.Http1 ? null : CreateHttp());

    public async Task<TestClient> JoinAsync(string nick, string room)
    {
        var client = await ConnectAsync();
        await client.SignInAsync(nick);
        await client.JoinAsync(room);
        return client;
    }

    /// <summary>Creates an HTTP client with a connection of its own.</summary>
    public HttpMessageInvoker CreateHttp()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        var http = new HttpMessageInvoker(handler);
        _clients.Add(http);
        return http;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var deadline = Deadline.Start();
        request.Version = Kind == HttpKind.Http1 ? HttpVersion.Version11 : HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return await CreateHttp().SendAsync(request, deadline.Token);
    }

    /// <summary>Waits until the end of a connection is logged; its resources are then released.</summary>
    public Task<LogEntry> EndedAsync(int nth = 1) => Logs.NthAsync(nth, e => e.Id is 1101 or 1102);

    public async Task StopAsync()
    {
        using var deadline = Deadline.Start();
        await _app.StopAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // Remaining clients of a test do not answer the server's close, so disposing does not wait for them.
        foreach (var client in _clients)
            client.Dispose();
        using var abandoned = new CancellationTokenSource();
        await abandoned.CancelAsync();
        await _app.StopAsync(abandoned.Token);
        await _app.DisposeAsync();
    }
}
