using System.Security.Claims;
using System.Text;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>Identifies the principal that may resume a session by the hash of its name.</summary>
internal static class PrincipalHash
{
    /// <summary>Computes the hash.</summary>
    /// <param name="principal">The client's principal; null for none.</param>
    /// <param name="hash">The hash; null for a client without an authenticated principal.</param>
    /// <returns>False if the principal is authenticated but has no name, so that it cannot be distinguished from other principals.</returns>
    public static bool TryCreate(ClaimsPrincipal? principal, out SecretHash? hash)
    {
        hash = null;
        if (principal?.Identity is not { IsAuthenticated: true } identity)
            return true;
        var name = principal.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? principal.FindFirst("sub")?.Value ?? identity.Name;
        if (string.IsNullOrEmpty(name))
            return false;
        hash = SecretHash.Of(Encoding.UTF8.GetBytes(name));
        return true;
    }
}
