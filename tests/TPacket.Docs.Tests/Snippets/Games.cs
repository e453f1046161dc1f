using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Noughts;
using TPacket.Client;
using TPacket.Games;
using TPacket.Server;
using TPacket.Testing;

namespace TPacket.Docs.Tests.Snippets;

internal static class Games
{
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

    public static void AddRatedMatchmaking(IServiceCollection services, IReadOnlyDictionary<string, int?> ratings)
    {
        // begin-snippet: games-ratings
        services.AddTPacketServer(options => options.AllowRoomChange = true)
            .AddGame<NoughtsAndCrosses>("noughts-*")
            .AddMatchmaking("lobby", options =>
            {
                options.Games.Add("noughts-");
                options.Rating = (member, game, claimed) => ratings.TryGetValue(member.Nick, out var rating) ? rating : null;
            });
        // end-snippet
    }

    public static async Task PlayAsync()
    {
        // begin-snippet: games-client
        await using var client = new TPacketClient(new Uri("ws://localhost:25028/rooms"), new TPacketClientOptions().AcceptGames());
        using var game = new Game<string, int>(client, NoughtsJson.Default);
        game.Changed += change =>
        {
            if (change.View.Board is { } board)
                Console.WriteLine($"{board[..3]}\n{board[3..6]}\n{board[6..]}");
        };
        await client.ConnectAsync("alice", "table");
        await game.ClaimAsync();
        try
        {
            await game.MoveAsync(4);
        }
        catch (RequestRefusedException refused) when (refused.Code == GameErrorCode.OutOfTurn)
        {
            Console.WriteLine(refused.Text);
        }
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
