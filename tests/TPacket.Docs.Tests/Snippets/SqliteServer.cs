// begin-snippet: sqlite-server
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class SqliteServer
{
    public static async Task ServeAsync(string[] args)
    {
        // begin-snippet: sqlite-server
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTPacketServer()
            .UseSqlite(options => options.Path = "chat.db")
            .AddSqliteHealthCheck();
        await builder.Build().RunAsync();
        // end-snippet
    }
}
