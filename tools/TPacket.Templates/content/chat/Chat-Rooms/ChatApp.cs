using TPacket.Server;

namespace Chat_Rooms;

/// <summary>The page, a list of rooms, and the rooms themselves.</summary>
internal static class ChatApp
{
    public static WebApplication Create(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        // Rooms are in memory. The package TPacket.Sqlite keeps them in a file: .UseSqlite(options => options.Path = "chat.db").
        builder.Services.AddTPacketServer();

        var app = builder.Build();
        app.UseFileServer();
        app.MapGet("/rooms", (IRoomDirectory rooms) => rooms.Rooms.Select(room => new { room.Name, Members = room.MemberCount }));
        app.MapTPacket("/chat");
        return app;
    }
}
