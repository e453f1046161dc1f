using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Docs.Tests.Snippets.Accounts;

namespace TPacket.Docs.Tests.Snippets;

internal static class WebServer
{
    public static async Task RunAsync(string[] args, Action<WebApplication> watch)
    {
        // begin-snippet: web-server
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddTPacketServer();

        var app = builder.Build();
        app.MapTPacket("/chat");
        // end-snippet
        watch(app);
        // begin-snippet: web-server
        await app.RunAsync();
        // end-snippet
    }

    public static void Authorize(WebApplicationBuilder builder, WebApplication app)
    {
        // begin-snippet: web-authorization
        builder.Services.AddTPacketServer().UseNickPolicy<AccountNickPolicy>();
        app.MapTPacket("/chat").RequireAuthorization();
        // end-snippet
    }
}
