using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of <c>RequireAuthorization</c> with roles on a path, for clients with an authentication cookie.</summary>
public class AuthorizationTests
{
    private const int AmIModerator = 300;

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_without_a_cookie_gets_401_and_no_redirect(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var request = RawWebSocket.Request(app);
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(app.HttpUri.AbsolutePath, response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_without_the_role_gets_403_and_no_redirect(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var request = RawWebSocket.Request(app);
        request.Headers.Add("Cookie", await SignInAsync(app, "guest"));
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(app.HttpUri.AbsolutePath, response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_with_the_role_is_accepted_and_handlers_see_its_roles(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        var cookie = await SignInAsync(app, "member,moderator");
        await using var client = await app.ConnectAsync(configure: Carry(cookie));
        await client.SignInAsync("alice");
        Assert.Equal("True", (await client.ReplyAsync(AmIModerator)).Text);
    }

    [Fact]
    public async Task Other_paths_of_the_app_still_redirect_anonymous_requests_to_the_sign_in_page()
    {
        await using var app = await StartAsync(HttpKind.Http1);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.HttpUri, "/page"));
        using var response = await app.SendAsync(request);
        // The target of the redirect.
        Assert.Equal("/Account/Login", response.RequestMessage!.RequestUri!.AbsolutePath);
    }

    private static Action<ClientWebSocketOptions> Carry(string cookie) => socket => socket.SetRequestHeader("Cookie", cookie);

    private static async Task<string> SignInAsync(TestApp app, string roles)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.HttpUri, $"/sign-in?roles={roles}"));
        using var response = await app.SendAsync(request);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static Task<TestApp> StartAsync(HttpKind kind) => TestApp.StartAsync(
        kind,
        services: static builder =>
        {
            builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
            builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
            builder.Services.AddAuthorization();
        },
        tPacket: static server => server.AddCommand(AmIModerator, static context =>
        {
            context.Reply(AmIModerator, $"{context.User.Principal!.IsInRole("moderator")}");
            return default;
        }),
        use: static web =>
        {
            web.UseAuthentication().UseAuthorization();
            web.MapGet("/page", static _ => Task.CompletedTask).RequireAuthorization();
            web.MapGet("/sign-in", static async context =>
            {
                var roles = context.Request.Query["roles"].ToString().Split(',').Select(static role => new Claim(ClaimTypes.Role, role));
                await context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "alice"), .. roles], "test")));
            });
        },
        endpoint: static endpoint => endpoint.RequireAuthorization(static policy => policy.RequireRole("member")));
}
