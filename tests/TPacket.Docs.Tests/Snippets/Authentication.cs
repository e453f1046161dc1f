// begin-snippet: auth-cookie
using Microsoft.AspNetCore.Authentication.Cookies;
// end-snippet
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
// begin-snippet: auth-cookie
using SignIn;
// end-snippet

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

    public static void AuthorizeStaff(WebApplicationBuilder builder)
    {
        // begin-snippet: auth-staff
        builder.Services.AddAuthorizationBuilder().AddPolicy(SignInPolicy.Staff, policy => policy.RequireRole("staff"));
        builder.Services.AddTPacketServer().AddFilter<StaffRoomFilter>();
        // end-snippet
    }
}
