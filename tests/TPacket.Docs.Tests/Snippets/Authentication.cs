// begin-snippet: auth-cookie
using Microsoft.AspNetCore.Authentication.Cookies;
// end-snippet
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using SignIn;
using TPacket.Client;

namespace TPacket.Docs.Tests.Snippets;

internal static class Authentication
{
    public static async Task RunAsync(string[] args, Action<WebApplicationBuilder> prepare, Action<WebApplication> watch)
    {
        // begin-snippet: auth-cookie
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options => options.Cookie.SameSite = SameSiteMode.Strict);
        builder.Services.AddAuthorization();
        builder.Services.AddTPacketServer().UseNickPolicy<AccountNickPolicy>();
        // end-snippet
        prepare(builder);
        // begin-snippet: auth-cookie
        var app = builder.Build();
        app.MapTPacket("/chat").RequireAuthorization();
        // end-snippet
        // begin-snippet: auth-roles
        app.MapTPacket("/members").RequireAuthorization(policy => policy.RequireRole("member"));
        // end-snippet
        watch(app);
        // begin-snippet: auth-cookie
        await app.RunAsync();
        // end-snippet
    }

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
