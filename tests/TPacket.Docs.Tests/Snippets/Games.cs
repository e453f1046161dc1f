using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
// begin-snippet: games-program
using Noughts;
using TPacket.Games;
using TPacket.Server;
// end-snippet
using TPacket.Testing;

namespace TPacket.Docs.Tests.Snippets;

internal static class Games
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

    public static void AddGame(WebApplicationBuilder builder)
    {
        // begin-snippet: games-readme
        builder.Services.AddTPacketServer().AddGame<NoughtsAndCrosses>("noughts-*");
        // end-snippet
    }

    public static void AddMatchmaking(IServiceCollection services)
    {
        // begin-snippet: games-matchmaking
        services.AddTPacketServer(options => options.AllowRoomChange = true)
            .AddGame<NoughtsAndCrosses>("noughts-*")
            .AddMatchmaking("lobby", options => options.Games.Add("noughts-"));
        // end-snippet
    }

    public static void Test()
    {
        // begin-snippet: games-test
        var (alice, bob) = (new RoomMember(1, "alice", session: 1), new RoomMember(2, "bob", session: 2));
        var claim = new GameAction<int> { Verb = GameVerb.Claim };
        RulesTest.For(new NoughtsAndCrosses())
            .When(claim, alice)
            .When(claim, bob)
            .When(new GameAction<int> { Verb = GameVerb.Move, Move = 4 }, alice)
            .ThenState(game => Assert.Equal("    X    ", game.Board))
            .When(new GameAction<int> { Verb = GameVerb.Move, Move = 4 }, bob)
            .ThenRefused("This square is not free.", GameErrorCode.IllegalMove);
        // end-snippet
    }
}
