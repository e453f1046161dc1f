using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using SignIn;
using TPacket.Client;

namespace TPacket.Docs.Tests.Snippets;

internal static class AuthenticationTokens
{
    public static void AddTokens(WebApplicationBuilder builder, TokenValidationParameters validation)
    {
        // begin-snippet: auth-tokens
        builder.Services.AddAuthentication().AddJwtBearer(options =>
        {
            options.TokenValidationParameters = validation;
            options.TokenValidationParameters.ClockSkew = TimeSpan.Zero;
            options.Events = new JwtBearerEvents { OnMessageReceived = BearerToken.TakeAsync };
        });
        builder.Services.AddAuthorizationBuilder().AddPolicy("token", policy => policy
            .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme)
            .RequireAuthenticatedUser());
        builder.Services.AddTPacketServer().UseHandshakePolicy<SubprotocolPolicy>();
        // end-snippet
    }

    public static void MapTokens(WebApplication app)
    {
        // begin-snippet: auth-tokens-path
        app.MapTPacket("/token-chat").RequireAuthorization("token");
        // end-snippet
    }

    public static TPacketClient CreateClient(Func<CancellationToken, Task<string>> fetchTokenAsync)
    {
        // begin-snippet: auth-client
        var client = new TPacketClient(new Uri("wss://chat.example/token-chat"), new TPacketClientOptions
        {
            Target = async (address, cancellationToken) => new ConnectTarget(address)
            {
                Headers = [new("Authorization", $"Bearer {await fetchTokenAsync(cancellationToken)}")],
            },
        });
        // end-snippet
        return client;
    }
}
