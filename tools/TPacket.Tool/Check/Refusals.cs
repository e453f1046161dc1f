namespace TPacket.Tool.Check;

/// <summary>Explains responses to an upgrade request other than 101.</summary>
internal static class Refusals
{
    /// <summary>Returns a failed step with the meaning of a status and what to try.</summary>
    public static StepFailedException Explain(UpgradeAnswer answer, CheckRequest request)
    {
        var said = $"the server answered {answer.Status}{(answer.Reason.Length > 0 ? $" {answer.Reason}" : "")}";
        return answer.Status switch
        {
            403 when IsOwnHost(request) => new("origin", $"{said} to a page of {request.Origin}, which has the host of the address",
                "Configure the proxy to forward Host, and to add X-Forwarded-For for a server on a loopback address. Without a proxy, check the host's authorization policy."),
            403 when request.Origin is not null => new("origin", $"{said} to a page of {request.Origin}",
                "Add the origin to AllowedOrigins, or serve the page from the server's own host. A proxy must forward Host and Origin."),
            401 or 403 => new("upgrade", $"{said}: it requires credentials, or does not serve this host name",
                "Pass credentials, such as --header \"Authorization: Bearer …\", or a token in the address. Check the host's authorization policy."),
            404 => new("upgrade", $"{said}: there is no WebSocket at {request.Address.AbsolutePath}",
                "Check the path. It is \"/\" unless the option Path is set, and in ASP.NET Core the argument of MapTPacket."),
            >= 300 and < 400 => new("upgrade", $"{said}: it redirects to {Place(answer)}",
                "WebSocket clients do not follow redirections. Use that address, with ws for http and wss for https."),
            400 or 405 or 426 => new("upgrade", $"{said}: the request did not arrive as an upgrade",
                "A proxy in between probably drops the headers Upgrade and Connection, or sends a PROXY header to a server without ProxyProtocol. Configure it to forward WebSockets over HTTP/1.1."),
            408 => new("upgrade", said, "The request arrived late or incomplete. Check the network and proxies between you and the server."),
            421 => new("upgrade", said, "The proxy does not serve this host. Check the name in the address."),
            429 or 503 => new("upgrade", $"{said}: it accepts no more clients at present", "Wait and try again. Check the server's limits of connections."),
            502 or 504 => new("upgrade", $"{said}: a proxy responded but cannot reach the server", "Check that the server runs, and the server's address in the configuration of the proxy."),
            >= 500 => new("upgrade", said, "The server failed. See its log."),
            >= 200 and < 300 => new("upgrade", $"{said}: an ordinary web page", "Check host, port and path. A proxy in between may not forward WebSockets."),
            _ => new("upgrade", said, "Check the address, and the network and proxies between you and the server."),
        };
    }

    // Without a proxy, a server accepts pages of its own host, unless an authorization policy rejects the client.
    private static bool IsOwnHost(CheckRequest request) =>
        Uri.TryCreate(request.Origin, UriKind.Absolute, out var origin) && string.Equals(origin.IdnHost, request.Address.IdnHost, StringComparison.OrdinalIgnoreCase);

    // The query of a Location may have a secret.
    private static string Place(UpgradeAnswer answer) => answer["Location"] is { Length: > 0 } location ? location.Split('?')[0] : "another place";
}
