using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>The answer of a handshake policy to a request. Immutable.</summary>
public sealed class HandshakeDecision
{
    private HandshakeDecision(UpgradeDecision upgrade) => Upgrade = upgrade;

    /// <summary>Accepts the client, without a subprotocol.</summary>
    public static HandshakeDecision Accept { get; } = new(UpgradeDecision.Accept);

    /// <summary>Whether the client is accepted.</summary>
    public bool IsAccepted => Upgrade.Refusal is null;

    /// <summary>The chosen subprotocol, or null.</summary>
    public string? Subprotocol => Upgrade.Subprotocol;

    /// <summary>The HTTP status of a refusal; null when the client is accepted.</summary>
    public int? StatusCode => Upgrade.Refusal?.StatusCode;

    /// <summary>The text of a refusal; null when the client is accepted.</summary>
    public string? Text => Upgrade.Refusal?.Text;

    internal UpgradeDecision Upgrade { get; }

    /// <summary>Accepts the client with a subprotocol, which has to be one that it offered.</summary>
    public static HandshakeDecision AcceptWith(string subprotocol) => new(UpgradeDecision.AcceptWith(subprotocol));

    /// <summary>Accepts the client with the first of its subprotocols that the server knows; without one where the server knows none.</summary>
    public static HandshakeDecision Select(HandshakeRequest request, IReadOnlyCollection<string> supported)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Subprotocols.FirstOrDefault(supported.Contains) is { } chosen ? AcceptWith(chosen) : Accept;
    }

    /// <summary>Answers with an HTTP error.</summary>
    /// <param name="statusCode">The HTTP status, 400 to 599.</param>
    /// <param name="text">A short sentence for people, without a line break.</param>
    /// <param name="header">One more header line without its line break, such as <c>WWW-Authenticate: Bearer</c>, or null.</param>
    public static HandshakeDecision Refuse(int statusCode, string text, string? header = null) => new(UpgradeDecision.Refuse(new HttpRefusal(statusCode, text, header)));
}
