// begin-snippet: handshake-policy
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: handshake-policy
internal sealed class TokenPolicy(OriginPolicy origins, TokenStore tokens) : IHandshakePolicy
{
    public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
    {
        var decision = await origins.DecideAsync(request);
        if (!decision.IsAccepted)
            return decision;
        return await tokens.FindUserAsync(request.Query["token"]) is { } principal
            ? decision.WithPrincipal(principal)
            : HandshakeDecision.Refuse(401, "A valid token is required.");
    }
}
// end-snippet
