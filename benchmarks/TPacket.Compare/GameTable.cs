using System.Diagnostics;
using System.Text.Json;

namespace TPacket.Compare;

/// <summary>A game of two clients. Measures the time from a player's move to the other player's view of it.</summary>
internal sealed class GameTable
{
    private readonly Lock _gate = new();
    private readonly Random _random;
    private readonly GamePlayer?[] _players = new GamePlayer?[2];
    private readonly List<double> _delays;
    private string[] _moves = [];
    private int _toMove = -1;
    private bool _isOver;
    private int _game;
    private int _ended;
    private long _sentAt;

    // The last seen number of moves. A view for another reason, such as an offer, has the same number.
    private int _seen = -1;

    /// <summary>Creates a table without players.</summary>
    /// <param name="seed">The seed of the moves.</param>
    /// <param name="delays">Receives the times in milliseconds. Used only on the load's event loop.</param>
    public GameTable(int seed, List<double> delays) => (_random, _delays) = (new Random(seed), delays);

    /// <summary>Sends a random move of the seat that is to move, or offers a rematch for both seats after a game has ended.</summary>
    /// <returns>False if no seat is known to be to move, because the other player has not seen the last move yet.</returns>
    public bool TryMove()
    {
        GamePlayer player;
        string move;
        lock (_gate)
        {
            if (_isOver)
            {
                _isOver = false;
                _players[0]!.Act("""{"do":"offer","offer":"rematch"}""");
                _players[1]!.Act("""{"do":"offer","offer":"rematch"}""");
                return true;
            }

            if (_toMove < 0 || _moves.Length == 0)
                return false;
            (player, move) = (_players[_toMove]!, _moves[_random.Next(_moves.Length)]);
            (_toMove, _sentAt) = (-1, Stopwatch.GetTimestamp());
        }

        player.Act($$"""{"do":"move","move":"{{move}}"}""");
        return true;
    }

    /// <summary>Handles a player's view. The view of the seat that is to move ends the measurement of the other seat's move, and has the legal moves.</summary>
    public void See(GamePlayer player, JsonElement view)
    {
        if (!view.TryGetProperty("you", out var you) || !view.TryGetProperty("board", out var board))
            return;
        var seat = you.GetInt32();
        lock (_gate)
        {
            _players[seat] = player;
            // One player may see the next game before the other player has seen the end of this game.
            var game = view.GetProperty("game").GetInt32();
            if (game < _game)
                return;
            if (game > _game)
                (_game, _seen) = (game, -1);
            if (view.TryGetProperty("result", out _))
            {
                _isOver |= game != _ended;
                (_ended, _toMove, _sentAt) = (game, -1, 0);
                return;
            }

            if (!view.GetProperty("seats")[seat].TryGetProperty("toMove", out _) || view.GetProperty("moves").GetInt32() == _seen)
                return;
            _seen = view.GetProperty("moves").GetInt32();
            _moves = [.. board.GetProperty("moves").EnumerateArray().Select(static move => move.GetString()!)];
            _toMove = seat;
            if (_sentAt != 0)
                _delays.Add(Stopwatch.GetElapsedTime(_sentAt).TotalMilliseconds);
            _sentAt = 0;
        }
    }
}
