using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Docs.Tests.Snippets;

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
