using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: nick-policy
internal sealed class ShortNickPolicy(UniqueNickPolicy unique) : INickPolicy
{
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick.Length > 12
        ? new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickTooLong, "A nick has at most 12 characters here."))
        : unique.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
// end-snippet

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

internal sealed class TokenStore
{
    private readonly HashSet<string> _tokens = ["4711"];

    public ValueTask<bool> IsValidAsync(string? token) => new(token is not null && _tokens.Contains(token));
}

internal static class Policies
{
    public static void Register(IServiceCollection services)
    {
        // begin-snippet: policies
        services.AddSingleton<TokenStore>();
        services.AddTPacketServer()
            .UseNickPolicy<ShortNickPolicy>()
            .UseHandshakePolicy<TokenPolicy>();
        // end-snippet
    }
}
