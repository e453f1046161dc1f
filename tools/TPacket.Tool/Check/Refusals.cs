namespace TPacket.Tool.Check;

/// <summary>Explains answers to an upgrade request that are not 101.</summary>
internal static class Refusals
{
    /// <summary>Says what a status means and what to try.</summary>
    public static StepFailedException Explain(UpgradeAnswer answer, CheckRequest request)
    {
        var said = $"the server answered {answer.Status}{(answer.Reason.Length > 0 ? $" {answer.Reason}" : "")}";
        return answer.Status switch
        {
            403 when IsOwnHost(request) => new("origin", $"{said} to a page of {request.Origin}, which is of the host that was asked for",
                "Have the proxy in between pass Host on, and add X-Forwarded-For on the way to a server at a loopback address. Without a proxy, check the host's authorization policy."),
            403 when request.Origin is not null => new("origin", $"{said} to a page of {request.Origin}",
                "Add the origin to AllowedOrigins, or serve the page from the server's own host. A proxy has to pass Host and Origin on."),
            401 or 403 => new("upgrade", $"{said}: it wants to know who asks, or does not serve this name",
                "Pass credentials, such as --header \"Authorization: Bearer …\", or a token in the address. Check the host's authorization policy."),
            404 => new("upgrade", $"{said}: no WebSocket is at {request.Address.AbsolutePath}",
                "Check the path: a server has \"/\" unless its option Path is set; in ASP.NET Core it is the one given to MapTPacket."),
            >= 300 and < 400 => new("upgrade", $"{said}: it sends clients to {Place(answer)}",
                "WebSocket clients follow no redirection. Use that address, with ws for http and wss for https."),
            400 or 405 or 426 => new("upgrade", $"{said}: the upgrade did not arrive as one",
                "A proxy in between probably drops the headers Upgrade and Connection, or sends a PROXY header to a server without ProxyProtocol. Have it pass WebSockets on, over HTTP/1.1."),
            408 => new("upgrade", said, "The request arrived late or not whole. Check what is between you and the server."),
            421 => new("upgrade", said, "The proxy does not serve this host. Check the name in the address."),
            429 or 503 => new("upgrade", $"{said}: it takes no more clients now", "Wait and try again; check the server's limits of connections."),
            502 or 504 => new("upgrade", $"{said}: a proxy answered, and cannot reach the server", "Check that the server runs, and the address that the proxy has for it."),
            >= 500 => new("upgrade", said, "The server failed. Its log says why."),
            >= 200 and < 300 => new("upgrade", $"{said}: an ordinary web page", "Check host, port and path. A proxy in between may not pass WebSockets on."),
            _ => new("upgrade", said, "Check the address, and what is between you and the server."),
        };
    }

    // A server that is reached without a proxy accepts pages of its own host, unless a policy of the host refuses the client.
    private static bool IsOwnHost(CheckRequest request) =>
        Uri.TryCreate(request.Origin, UriKind.Absolute, out var origin) && string.Equals(origin.IdnHost, request.Address.IdnHost, StringComparison.OrdinalIgnoreCase);

    // A Location may carry a secret in its query.
    private static string Place(UpgradeAnswer answer) => answer["Location"] is { Length: > 0 } location ? location.Split('?')[0] : "another place";
}
