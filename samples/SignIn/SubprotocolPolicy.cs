using TPacket.Server;

namespace SignIn;

/// <summary>
/// Selects the app's subprotocol, never the token. A browser fails a connection if the server selects none of its subprotocols, and a token in
/// the response could get into logs.
/// </summary>
internal sealed class SubprotocolPolicy(OriginPolicy origins) : IHandshakePolicy
{
    private static readonly string[] _supported = ["tpacket"];

    public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
    {
        var decision = await origins.DecideAsync(request);
        return decision.IsAccepted ? HandshakeDecision.Select(request, _supported) : decision;
    }
}
