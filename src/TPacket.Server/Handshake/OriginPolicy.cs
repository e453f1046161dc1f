using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Handshake;

namespace TPacket.Server;

/// <summary>
/// The default: the path has to be the configured one, unless an HTTP server has routed the request, and a browser's page has to be of the host that was asked for, ports aside, or of an allowed origin (RFC 6455, section 10.2).
/// At a loopback address a page has to ask for a loopback name, since any page can have its own name resolved to that address (DNS rebinding); that is not asked of what comes through a proxy.
/// A policy of a host's own may ask it first, so that these checks stay.
/// </summary>
/// <param name="options">Path and allowed origins.</param>
/// <param name="logger">Is told of the origins that were refused.</param>
public sealed class OriginPolicy(IOptions<TPacketServerOptions> options, ILogger<OriginPolicy> logger) : IHandshakePolicy
{
    /// <summary>The entry of <see cref="TPacketServerOptions.AllowedOrigins"/> that allows every origin.</summary>
    internal const string Every = "*";

    private const int MaxLogged = 100;

    private static readonly HandshakeDecision _notFound = HandshakeDecision.Refuse(404, "There is nothing at this path.");
    private static readonly HandshakeDecision _forbidden = HandshakeDecision.Refuse(403, "This server does not accept connections from pages of this origin.");
    private static readonly HandshakeDecision _otherHost = HandshakeDecision.Refuse(
        403, "This server listens at a loopback address and is not known by the name that was asked for; TPacket:AllowedOrigins can list it.");

    private readonly string _path = options.Value.Path;
    private volatile AllowedOrigins _allowed = AllowedOrigins.Of(options.Value);

    /// <inheritdoc/>
    public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ValueTask<HandshakeDecision>(Decide(request));
    }

    /// <summary>The options say anew which origins are allowed.</summary>
    internal void Reload() => _allowed = AllowedOrigins.Of(options.Value);

    private HandshakeDecision Decide(HandshakeRequest request)
    {
        if (!request.IsRouted && request.Path != _path)
            return _notFound;
        var allowed = _allowed;
        // Only browsers send an origin; another client could send any.
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

    /// <summary>All names of loopback stand for the same machine.</summary>
    private static bool IsSameHost(string page, string asked) => page.Length > 0 && (page == asked || (WebOrigin.IsLoopback(page) && WebOrigin.IsLoopback(asked)));

    /// <summary>Whether a browser on this machine, and no proxy, has connected to a loopback address.</summary>
    private static bool IsReachedDirectly(HandshakeRequest request) => request.LocalEndPoint is IPEndPoint { Address: var address } && WebOrigin.IsLoopback(address) && !request.IsProxied;

    private static string Shorten(string text) => text.Length > MaxLogged ? text[..MaxLogged] : text;
}
