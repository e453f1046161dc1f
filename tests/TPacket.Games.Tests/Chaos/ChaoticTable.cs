using System.Text.Json;
using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests.Chaos;

/// <summary>A room with a game: two players, or one and a bot, and a spectator.</summary>
internal sealed class ChaoticTable : IAsyncDisposable
{
    private readonly List<ChaoticPlayer> _players = [];

    private ChaoticTable(string room) => Room = room;

    public string Room { get; }

    public int Losses => _players.Sum(static player => player.Losses);

    public static async Task<ChaoticTable> SeatAsync(Uri server, string room, Random random, string? bot, Func<JsonElement, string[]> movesOf)
    {
        var table = new ChaoticTable(room);
        for (var i = 0; i < (bot is null ? 3 : 2); i++)
        {
            var player = new ChaoticPlayer(server, ChaosJson.Default, random.Next(), plays: i == 0 || (i == 1 && bot is null), bot, movesOf);
            table._players.Add(player);
            await player.ConnectAsync($"{room}.{i}", room, i == 0 && bot is null ? GameClock.EachMove(TimeSpan.FromMilliseconds(500)) : null);
        }

        return table;
    }

    /// <summary>Waits until the game has ended for all.</summary>
    public async Task EndAsync()
    {
        foreach (var player in _players)
            player.CalmDown();
        try
        {
            // The limit is for failures only: games of random moves have no fixed length.
            for (var i = 0; i < 6 && !HasEnded(); i++)
            {
                try
                {
                    await Deadline.UntilAsync(HasEnded);
                }
                catch (OperationCanceledException) when (i < 5)
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The game does not end: {this}");
        }
    }

    /// <summary>Asserts that all members see the same game.</summary>
    public async Task AssertSeesAsync(int number, int moves, GameResult result, string[] boards)
    {
        foreach (var player in _players)
        {
            var view = player.View!;
            Assert.Equal((number, moves, result.Reason), (view.Game, view.Moves, view.Result!.Reason));
            Assert.All(view.Seats.Index(), seat => Assert.Equal(result.IsWinner(seat.Index), view.Result.Winners.Contains(seat.Index)));
            var replay = await player.ReplayAsync();
            Assert.Equal(number, replay.Game);
            // A player sees its own choice of a round that is not over; spectators see what all see.
            if (view.You is null)
                Assert.Equal(boards, replay.Boards.Select(static board => board.RootElement.GetRawText()));
            Assert.Equal(boards.Length, replay.Boards.Length);
            Assert.Equal(view.Board!.RootElement.GetRawText(), replay.Boards[^1].RootElement.GetRawText());
        }
    }

    public override string ToString() => $"{Room}: {string.Join("; ", _players.Select(static player => $"{player.State} game {player.View?.Game} {player.View?.Phase} {player.View?.Moves} moves {player.View?.Result?.Reason}, {player.Losses} losses"))}";

    public async ValueTask DisposeAsync()
    {
        foreach (var player in _players)
            await player.DisposeAsync();
    }

    private bool HasEnded() => _players.All(static player => player.View is { Phase: GamePhase.Over, Result: not null }) && _players.Select(static player => (player.View!.Game, player.View.Moves)).Distinct().Count() == 1;
}
