using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Handshake;

namespace TPacket.Server;

/// <summary>
/// The default handshake policy. It checks the path and the origin of a request (RFC 6455, section 10.2).
/// The path must be <see cref="TPacketServerOptions.Path"/>, unless an HTTP server has routed the request.
/// The origin, which browsers send, must be the requested host on any port, or one of <see cref="TPacketServerOptions.AllowedOrigins"/>.
/// At a loopback address, the requested host must also be a loopback name or the host of an allowed origin, because any page can resolve its own name
/// to a loopback address (DNS rebinding); requests through a proxy are exempt. A policy of the application can call this policy first to keep its checks.
/// </summary>
/// <param name="options">The path and the allowed origins.</param>
/// <param name="logger">Logs refused origins.</param>
public sealed class OriginPolicy(IOptions<TPacketServerOptions> options, ILogger<OriginPolicy> logger) : IHandshakePolicy
{
    /// <summary>The entry of <see cref="TPacketServerOptions.AllowedOrigins"/> that allows every origin.</summary>
    internal const string Every = "*";

    private const int MaxLogged = 100;

    private static readonly HandshakeDecision _notFound = HandshakeDecision.Refuse(404, "There is nothing at this path.");
    private static readonly HandshakeDecision _forbidden = HandshakeDecision.Refuse(403, "This server does not accept connections from pages of this origin.");
    private static readonly HandshakeDecision _otherHost = HandshakeDecision.Refuse(
        403, "This server listens at a loopback address and does not accept the requested host name; add its origin to TPacket:AllowedOrigins.");

    private readonly string _path = options.Value.Path;
    private volatile AllowedOrigins _allowed = AllowedOrigins.Of(options.Value);

    /// <inheritdoc/>
    public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ValueTask<HandshakeDecision>(Decide(request));
    }

    /// <summary>Reloads the allowed origins from the options.</summary>
    internal void Reload() => _allowed = AllowedOrigins.Of(options.Value);

    private HandshakeDecision Decide(HandshakeRequest request)
    {
        if (!request.IsRouted && request.Path != _path)
            return _notFound;
        var allowed = _allowed;
        // The check protects users of browsers. Other clients could send any origin.
        if (request.Origin is not { } header || allowed.Every)
            return HandshakeDecision.Accept;
        var isOrigin = WebOrigin.TryParse(header, out var origin);
        if (isOrigin && allowed.Origins.Contains(origin))
            return HandshakeDecision.Accept;
        if (!isOrigin || !WebOrigin.TryParseAuthority(request.Host, out var host, out _) || !IsSameHost(origin.Host, host))
        {
            ConnectionLog.OriginRefused(logger, request.RemoteEndPoint, Shorten(header));
            return _forbidden;
        }

        if (WebOrigin.IsLoopback(host) || !IsReachedDirectly(request) || Array.Exists(allowed.Origins, known => known.Host == host))
            return HandshakeDecision.Accept;
        ConnectionLog.HostRefused(logger, request.RemoteEndPoint, Shorten(header), Shorten(request.Host));
        return _otherHost;
    }

    /// <summary>Returns whether a page is of the requested host. All loopback names are one host.</summary>
    private static bool IsSameHost(string page, string requested) => page.Length > 0 && (page == requested || (WebOrigin.IsLoopback(page) && WebOrigin.IsLoopback(requested)));

    /// <summary>Returns whether a browser on this machine has connected to a loopback address without a proxy.</summary>
    private static bool IsReachedDirectly(HandshakeRequest request) => request.LocalEndPoint is IPEndPoint { Address: var address } && WebOrigin.IsLoopback(address) && !request.IsProxied;

    private static string Shorten(string text) => text.Length > MaxLogged ? text[..MaxLogged] : text;
}
