using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.WebSockets.Handshake;

namespace TPacket.Server;

/// <summary>
/// The default: the path has to be the configured one, unless an HTTP server has routed the request, and a browser's page has to be of the host that was asked for, ports aside, or of an allowed origin (RFC 6455, section 10.2).
/// A policy of a host's own may ask it first, so that these checks stay.
/// </summary>
/// <param name="options">Path and allowed origins.</param>
/// <param name="logger">Is told of the origins that were refused.</param>
public sealed class OriginPolicy(IOptions<TPacketServerOptions> options, ILogger<OriginPolicy> logger) : IHandshakePolicy
{
    private static readonly UpgradeDecision _notFound = UpgradeDecision.Refuse(new HttpRefusal(404, "There is nothing at this path."));
    private static readonly UpgradeDecision _forbidden = UpgradeDecision.Refuse(new HttpRefusal(403, "This server does not accept connections from pages of this origin."));

    private const int MaxLoggedOrigin = 100;

    private readonly string _path = options.Value.Path;
    private readonly string[] _allowed = [.. options.Value.AllowedOrigins];

    /// <inheritdoc/>
    public ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, EndPoint? remoteEndPoint)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ValueTask<UpgradeDecision>(Decide(request, remoteEndPoint));
    }

    private UpgradeDecision Decide(UpgradeRequest request, EndPoint? remoteEndPoint)
    {
        if (!request.IsRouted && request.Path != _path)
            return _notFound;
        // Only browsers send an origin; another client could send any.
        if (request.Origin is not { } origin || IsSameHost(origin, request.Host) || IsAllowed(origin))
            return UpgradeDecision.Accept;
        ConnectionLog.OriginRefused(logger, remoteEndPoint, origin.Length > MaxLoggedOrigin ? origin[..MaxLoggedOrigin] : origin);
        return _forbidden;
    }

    private bool IsAllowed(string origin) =>
        _allowed.Any(allowed => allowed == "*" || string.Equals(allowed, origin, StringComparison.OrdinalIgnoreCase));

    private static bool IsSameHost(string origin, string host)
    {
        try
        {
            return Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && Uri.TryCreate("ws://" + host, UriKind.Absolute, out var asked)
                && page.Host.Length > 0
                && string.Equals(page.IdnHost, asked.IdnHost, StringComparison.OrdinalIgnoreCase);
        }
        catch (UriFormatException)
        {
            // IdnHost throws for names that TryCreate accepts, as of xn--£.example.
            return false;
        }
    }
}
