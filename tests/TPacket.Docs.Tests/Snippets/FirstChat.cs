using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
// begin-snippet: first-chat-server
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

/// <summary>The server of docs/tutorial-first-chat.md: that of the template tpacket-chat.</summary>
internal static class FirstChat
{
    public static WebApplication Create(params string[] args)
    {
        // begin-snippet: first-chat-server
        var builder = WebApplication.CreateBuilder(args);
        // Rooms are in memory. To store them in a file, use the package TPacket.Sqlite: .UseSqlite(options => options.Path = "chat.db").
        builder.Services.AddTPacketServer();

        var app = builder.Build();
        app.UseFileServer();
        app.MapGet("/rooms", (IRoomDirectory rooms) => rooms.Rooms.Select(room => new { room.Name, Members = room.MemberCount }));
        app.MapTPacket("/chat");
        return app;
        // end-snippet
    }
}
