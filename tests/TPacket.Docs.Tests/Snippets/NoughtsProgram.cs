using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
// begin-snippet: games-program
using Noughts;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

internal static class NoughtsProgram
{
    public static async Task RunAsync(string[] args, Action<WebApplication> watch)
    {
        // begin-snippet: games-program
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddTPacketServer().UseSqlite(options => options.Path = "noughts.db").AddGame<NoughtsAndCrosses>("*");

        var app = builder.Build();
        app.UseFileServer();
        app.MapTPacket("/rooms");
        // end-snippet
        watch(app);
        // begin-snippet: games-program
        await app.RunAsync();
        // end-snippet
    }
}
