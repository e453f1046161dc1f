using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Docs.Tests.Snippets;

internal sealed class TokenStore
{
    private readonly Dictionary<string, string> _names = new() { ["4711"] = "alice" };

    public ValueTask<ClaimsPrincipal?> FindUserAsync(string? token) => new(
        token is not null && _names.TryGetValue(token, out var name) ? new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "token")) : null);
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
