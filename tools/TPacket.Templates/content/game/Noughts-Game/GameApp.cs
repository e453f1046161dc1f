using TPacket.Games;

namespace Noughts_Game;

/// <summary>The page, and a table in every room. The rooms are in the file that the settings name.</summary>
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
