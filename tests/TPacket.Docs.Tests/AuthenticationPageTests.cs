using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TPacket.Docs.Tests;

/// <summary>The program of docs/authentication.md. TPacket.SignIn.Tests has the rest of the page.</summary>
public class AuthenticationPageTests
{
    [Theory]
    [InlineData("chat", null, HttpStatusCode.Unauthorized)]
    [InlineData("chat", "guest", HttpStatusCode.SwitchingProtocols)]
    [InlineData("members", "guest", HttpStatusCode.Forbidden)]
    [InlineData("members", "member", HttpStatusCode.SwitchingProtocols)]
    public async Task The_pages_program_admits_signed_in_users_that_have_the_role(string path, string? role, HttpStatusCode expected)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var talk = Task.FromResult<HttpStatusCode>(default);

        await Snippets.Authentication.RunAsync(
            ["--urls=http://127.0.0.1:0"],
            builder => builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider(),
            app =>
            {
                app.MapGet("/sign-in/{role}", (HttpContext context, string role) => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "alice"), new(ClaimTypes.Role, role)], "test"))));
                app.Lifetime.ApplicationStarted.Register(() => talk = ConnectAsync(app, path, role, deadline.Token));
            });

        Assert.Equal(expected, await talk);
    }

    private static async Task<HttpStatusCode> ConnectAsync(WebApplication app, string path, string? role, CancellationToken deadline)
    {
        try
        {
            var server = new Uri(app.Urls.Single());
            using var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
            using var http = new HttpClient(handler, disposeHandler: false);
            if (role is not null)
                (await http.GetAsync(new Uri(server, $"sign-in/{role}"), deadline)).EnsureSuccessStatusCode().Dispose();
            using var socket = new ClientWebSocket();
            socket.Options.Cookies = handler.CookieContainer;
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = path }.Uri, deadline);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", deadline);
            }
            catch (WebSocketException)
            {
                // The status is the reason.
            }

            return socket.HttpStatusCode;
        }
        finally
        {
            app.Lifetime.StopApplication();
        }
    }
}
