namespace TPacket.WebSockets;

/// <summary>A server's decision about an upgrade request.</summary>
public sealed class UpgradeDecision
{
    private UpgradeDecision(HttpRefusal? refusal, string? subprotocol)
    {
        Refusal = refusal;
        Subprotocol = subprotocol;
    }

    /// <summary>Accepts the request without a subprotocol.</summary>
    public static UpgradeDecision Accept { get; } = new(null, null);

    /// <summary>The error response if the request is rejected; null if it is accepted.</summary>
    public HttpRefusal? Refusal { get; }

    /// <summary>The chosen subprotocol, or null.</summary>
    public string? Subprotocol { get; }

    /// <summary>Accepts the request with a subprotocol.</summary>
    /// <param name="subprotocol">
    /// One of the subprotocols that the client has offered. Otherwise the connection rejects the request with 500 and calls
    /// <see cref="WebSocketHandler.OnFailed"/>.
    /// </param>
    public static UpgradeDecision AcceptWith(string subprotocol)
    {
        ArgumentNullException.ThrowIfNull(subprotocol);
        return new(null, subprotocol);
    }

    /// <summary>Rejects the request with an HTTP error.</summary>
    public static UpgradeDecision Refuse(HttpRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(refusal, null);
    }

    /// <summary>
    /// Accepts the request with the first of the client's subprotocols that the server supports. If the server supports none of them, accepts
    /// without a subprotocol.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="supported">The subprotocols that the server supports.</param>
    public static UpgradeDecision Select(UpgradeRequest request, IReadOnlyCollection<string> supported)
    {
        ArgumentNullException.ThrowIfNull(request);
        var chosen = request.Subprotocols.FirstOrDefault(supported.Contains);
        return chosen is null ? Accept : AcceptWith(chosen);
    }
}
