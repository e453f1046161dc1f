// begin-snippet: sqlite-readme
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class Persistence
{
    public static async Task ServeAsync(string[] args)
    {
        // begin-snippet: sqlite-readme
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer().UseSqlite(options => options.Path = "chat.db");
        await builder.Build().RunAsync();
        // end-snippet
    }

    public static void AddChecks(IServiceCollection services)
    {
        // begin-snippet: sqlite-health
        services.AddTPacketServer().UseSqlite().AddHealthCheck().AddSqliteHealthCheck();
        // end-snippet
    }
}
