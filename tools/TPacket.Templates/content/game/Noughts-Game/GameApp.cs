using TPacket.Games;

namespace Noughts_Game;

/// <summary>The app: the page, and a game in every room. The settings have the path of the rooms' file.</summary>
internal static class GameApp
{
    public static WebApplication Create(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddTPacketServer().UseSqlite().AddGame<NoughtsAndCrosses>("*");

        var app = builder.Build();
        app.UseFileServer();
        app.MapTPacket("/rooms");
        return app;
    }
}
