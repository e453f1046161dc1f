using System.Diagnostics;
using System.Security.Claims;
using TPacket.Server.Sessions.SignIn;

namespace TPacket.Server.Sessions;

/// <summary>The results of a handshake that its session keeps. Most sessions of a server without authentication have none.</summary>
internal sealed class HandshakeRecord(ActivityLink[]? links, ClaimsPrincipal? principal)
{
    /// <summary>The links from the activities of commands to the activity of the handshake; null if the handshake was not recorded.</summary>
    public ActivityLink[]? Links => links;

    public ClaimsPrincipal? Principal => principal;

    /// <summary>The hash of the principal's name; null if the client has no authenticated principal, or the principal has no name.</summary>
    public SecretHash? HashedPrincipal { get; } = PrincipalHash.TryCreate(principal, out var hash) ? hash : null;

    /// <summary>Creates a record, or returns null if there is nothing to keep.</summary>
    public static HandshakeRecord? Create(ActivityLink[]? links, ClaimsPrincipal? principal) =>
        links is null && principal is null ? null : new HandshakeRecord(links, principal);
}
