using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server;

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

    // begin-snippet: web-nicks
    internal sealed class AccountNickPolicy : INickPolicy
    {
        private readonly UniqueNickPolicy _unique = new();

        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick == user.Principal?.FindFirstValue(ClaimTypes.Name)
            ? _unique.ReserveAsync(nick, user)
            : new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick has to be the account's name."));

        public ValueTask ReleaseAsync(string nick, IUser user) => _unique.ReleaseAsync(nick, user);
    }

    // end-snippet
}
