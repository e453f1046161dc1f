using TPacket.Server;

namespace SignIn;

/// <summary>Chooses the subprotocol that the app speaks, never the token that stands beside it: a browser fails a connection whose subprotocols were all passed over, and a token in the answer would be in more logs.</summary>
internal sealed class SubprotocolPolicy(OriginPolicy origins) : IHandshakePolicy
{
    private static readonly string[] _supported = ["tpacket"];

    public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
    {
        var decision = await origins.DecideAsync(request);
        return decision.IsAccepted ? HandshakeDecision.Select(request, _supported) : decision;
    }
}
