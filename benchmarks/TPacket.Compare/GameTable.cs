using System.Diagnostics;
using System.Text.Json;

namespace TPacket.Compare;

/// <summary>A game of two clients. One of them moves when it is told to; the time until the other one sees the move is measured.</summary>
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

    // A view that comes for another reason, such as an offer, is of no move.
    private int _seen = -1;

    /// <summary>Begins without players.</summary>
    /// <param name="seed">The seed of the moves.</param>
    /// <param name="delays">Gets the times in milliseconds. Used on the event loop of the load only.</param>
    public GameTable(int seed, List<double> delays) => (_random, _delays) = (new Random(seed), delays);

    /// <summary>Has the player whose turn it is move, or begins another game behind one that is over.</summary>
    /// <returns>False where the move before was not seen yet.</returns>
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

    /// <summary>A player sees the game. The seat that has to move takes note of its moves; its player is the one that has waited for the move of the other.</summary>
    public void See(GamePlayer player, JsonElement view)
    {
        if (!view.TryGetProperty("you", out var you) || !view.TryGetProperty("board", out var board))
            return;
        var seat = you.GetInt32();
        lock (_gate)
        {
            _players[seat] = player;
            // One player may see the next game before the other one has seen the end of this.
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
