namespace TPacket.WebSockets;

/// <summary>What a server makes of an upgrade request.</summary>
public sealed class UpgradeDecision
{
    private UpgradeDecision(HttpRefusal? refusal, string? subprotocol)
    {
        Refusal = refusal;
        Subprotocol = subprotocol;
    }

    /// <summary>Upgrade, without a subprotocol.</summary>
    public static UpgradeDecision Accept { get; } = new(null, null);

    /// <summary>The answer when the request is refused; null when it is accepted.</summary>
    public HttpRefusal? Refusal { get; }

    /// <summary>The chosen subprotocol, or null.</summary>
    public string? Subprotocol { get; }

    /// <summary>Upgrade and speak a subprotocol, which has to be one that the client offered.</summary>
    public static UpgradeDecision AcceptWith(string subprotocol) => new(null, subprotocol);

    /// <summary>Answer with an HTTP error.</summary>
    public static UpgradeDecision Refuse(HttpRefusal refusal) => new(refusal, null);

    /// <summary>Upgrade and speak the first of the client's subprotocols that the server knows; without one where it knows none.</summary>
    public static UpgradeDecision Select(UpgradeRequest request, IReadOnlyCollection<string> supported)
    {
        ArgumentNullException.ThrowIfNull(request);
        var chosen = request.Subprotocols.FirstOrDefault(supported.Contains);
        return chosen is null ? Accept : AcceptWith(chosen);
    }
}
