using System.Security.Claims;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>The decision of a handshake policy about a request. Immutable.</summary>
public sealed class HandshakeDecision
{
    private HandshakeDecision(UpgradeDecision upgrade, ClaimsPrincipal? principal = null) => (Upgrade, Principal) = (upgrade, principal);

    /// <summary>The decision to accept the client without a subprotocol.</summary>
    public static HandshakeDecision Accept { get; } = new(UpgradeDecision.Accept);

    /// <summary>Whether the client is accepted.</summary>
    public bool IsAccepted => Upgrade.Refusal is null;

    /// <summary>The chosen subprotocol; null for none.</summary>
    public string? Subprotocol => Upgrade.Subprotocol;

    /// <summary>The HTTP status of a refusal; null if the client is accepted.</summary>
    public int? StatusCode => Upgrade.Refusal?.StatusCode;

    /// <summary>The text of a refusal; null if the client is accepted.</summary>
    public string? Text => Upgrade.Refusal?.Text;

    /// <summary>The principal that the policy has authenticated; null for none.</summary>
    public ClaimsPrincipal? Principal { get; }

    internal UpgradeDecision Upgrade { get; }

    /// <summary>Accepts the client with a subprotocol.</summary>
    /// <param name="subprotocol">A subprotocol that the client has offered.</param>
    public static HandshakeDecision AcceptWith(string subprotocol) => new(UpgradeDecision.AcceptWith(subprotocol));

    /// <summary>Accepts the client with the first offered subprotocol that the server supports, or without a subprotocol if it supports none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="supported">The subprotocols that the server supports.</param>
    public static HandshakeDecision Select(HandshakeRequest request, IReadOnlyCollection<string> supported)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Subprotocols.FirstOrDefault(supported.Contains) is { } chosen ? AcceptWith(chosen) : Accept;
    }

    /// <summary>
    /// Returns the same decision with a principal that the policy has authenticated, for example by a token in the query.
    /// The user has it as <see cref="IUser.Principal"/>, in place of the principal of an HTTP server.
    /// </summary>
    /// <param name="principal">
    /// The authenticated principal. Its <see cref="ClaimTypes.NameIdentifier"/>, else its <c>sub</c> claim, else the name
    /// of its identity binds sessions and nicks to it. Without a name the user gets no session and takes over no nick.
    /// </param>
    /// <exception cref="ArgumentException">The principal is not authenticated: its identity has no authentication type.</exception>
    /// <exception cref="InvalidOperationException">The decision refuses the client.</exception>
    public HandshakeDecision WithPrincipal(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Identity is not { IsAuthenticated: true })
            throw new ArgumentException("The principal is not authenticated: its identity needs an authentication type.", nameof(principal));
        return IsAccepted ? new HandshakeDecision(Upgrade, principal) : throw new InvalidOperationException("A refused client has no principal.");
    }

    /// <summary>Refuses the client with an HTTP error.</summary>
    /// <param name="statusCode">The HTTP status, 400 to 599.</param>
    /// <param name="text">A short sentence for people, without a line break.</param>
    /// <param name="header">An additional header line without a line break, such as <c>WWW-Authenticate: Bearer</c>; null for none.</param>
    public static HandshakeDecision Refuse(int statusCode, string text, string? header = null) => new(UpgradeDecision.Refuse(new HttpRefusal(statusCode, text, header)));
}
