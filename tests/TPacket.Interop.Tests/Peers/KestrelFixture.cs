using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using TPacket.Interop.Tests.Tls;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Kestrel with ASP.NET Core's WebSocket middleware, over HTTP/1.1 and HTTP/2.</summary>
public sealed class KestrelFixture : IAsyncLifetime, IPeerServer
{
    private const string Refusal = "Not here.";

    private readonly ConcurrentDictionary<string, (FrameworkPeer Peer, Agreement? Deflate)> _peers = new();
    private WebApplication _app = null!;
    private int _lastId;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(static options =>
        {
            foreach (var protocols in new[] { HttpProtocols.Http1, HttpProtocols.Http2 })
            {
                options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
                options.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = protocols;
                    listen.UseHttps(TestCertificate.Value);
                });
            }
        });
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        OverHttp2 = new Http2(this);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    /// <summary>The same server with HTTP/2 only.</summary>
    public IPeerServer OverHttp2 { get; private set; } = null!;

    public (Uri Uri, Peer Peer) Expect(string treatment = "", Agreement? deflate = null, bool tls = false) => Expect(treatment, deflate, tls ? 1 : 0);

    private (Uri Uri, Peer Peer) Expect(string treatment, Agreement? deflate, int endpoint)
    {
        var path = $"/{Interlocked.Increment(ref _lastId)}";
        var peer = new FrameworkPeer();
        _peers[path] = (peer, deflate);
        var address = new Uri(_app.Urls.ElementAt(endpoint));
        return (new UriBuilder(address) { Scheme = address.Scheme == "https" ? "wss" : "ws", Path = path, Query = treatment }.Uri, peer);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var treatment = context.Request.Query;
        if (treatment.TryGetValue("refuse", out var status))
        {
            context.Response.StatusCode = int.Parse(status!, CultureInfo.InvariantCulture);
            if (treatment.TryGetValue("location", out var location))
                context.Response.Headers.Location = location;
            // Without a length the body would be chunked, which our client does not read.
            context.Response.ContentLength = Refusal.Length;
            await context.Response.WriteAsync(Refusal);
            return;
        }

        var (peer, deflate) = _peers[context.Request.Path];
        var protocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(offered => offered == treatment["protocol"]);
        var acceptance = new WebSocketAcceptContext
        {
            SubProtocol = protocol,
            DangerousEnableCompression = deflate is not null,
            DisableServerContextTakeover = deflate is { ServerTakesOver: false },
            ServerMaxWindowBits = deflate?.ServerBits ?? 15,
        };
        using var socket = await context.WebSockets.AcceptWebSocketAsync(acceptance);
        await peer.RunAsync(socket, context.Response.Headers.SecWebSocketExtensions);
    }

    private sealed class Http2(KestrelFixture kestrel) : IPeerServer
    {
        public (Uri Uri, Peer Peer) Expect(string treatment = "", Agreement? deflate = null, bool tls = false) => kestrel.Expect(treatment, deflate, tls ? 3 : 2);
    }
}
