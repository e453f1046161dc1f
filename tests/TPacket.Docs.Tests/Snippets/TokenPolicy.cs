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
        if (!decision.IsAccepted || await tokens.IsValidAsync(request.Query["token"]))
            return decision;
        return HandshakeDecision.Refuse(401, "A token is needed.");
    }
}
// end-snippet
