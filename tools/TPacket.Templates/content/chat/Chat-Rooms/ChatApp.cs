using TPacket.Server;

namespace Chat_Rooms;

/// <summary>The app: the page, a list of rooms, and the rooms.</summary>
internal static class ChatApp
{
    public static WebApplication Create(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        // Rooms are in memory. To store them in a file, use the package TPacket.Sqlite: .UseSqlite(options => options.Path = "chat.db").
        builder.Services.AddTPacketServer();

        var app = builder.Build();
        app.UseFileServer();
        app.MapGet("/rooms", (IRoomDirectory rooms) => rooms.Rooms.Select(room => new { room.Name, Members = room.MemberCount }));
        app.MapTPacket("/chat");
        return app;
    }
}
