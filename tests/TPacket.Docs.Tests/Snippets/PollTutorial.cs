using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
// begin-snippet: tutorial-program
using Poll;
// end-snippet

namespace TPacket.Docs.Tests.Tutorial;

internal static class PollTutorial
{
    public static async Task RunAsync(string[] args, Action<WebApplication> watch)
    {
        // begin-snippet: tutorial-program
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddTPacketServer().UseSqlite(options => options.Path = "poll.db").AddRules<PollRules>("*", command: 256);

        var app = builder.Build();
        app.UseFileServer();
        app.MapTPacket("/rooms");
        // end-snippet
        watch(app);
        // begin-snippet: tutorial-program
        await app.RunAsync();
        // end-snippet
    }
}
