using Checkers.Draughts;

namespace Checkers.Computer;

/// <summary>Chooses the moves of a level. Without a time limit, the same seed gives the same moves. Not thread-safe.</summary>
/// <param name="level">The level.</param>
/// <param name="seed">The seed of its random numbers.</param>
/// <param name="tableBits">The binary logarithm of the number of stored positions.</param>
/// <param name="timeProvider">The clock; null for the system's clock.</param>
internal sealed class ComputerPlayer(Level level, int seed, int tableBits = 18, TimeProvider? timeProvider = null)
{
    private readonly Search _search = new(new TranspositionTable(tableBits), timeProvider);
    private readonly Random _random = new(seed);

    /// <summary>Chooses a legal move; null if there is none.</summary>
    /// <param name="position">The position.</param>
    /// <param name="before">The earlier positions of the game since the last capture or move of a man.</param>
    /// <param name="time">The maximum time; zero for no limit.</param>
    /// <param name="nodes">The maximum number of visited positions; 0 for no limit.</param>
    public Move? Choose(in Position position, IEnumerable<Position> before, TimeSpan time = default, long nodes = 0)
    {
        var moves = new Move[MoveGenerator.MaxMoves];
        var count = MoveGenerator.Generate(position, moves);
        if (count == 0)
            return null;
        _random.Shuffle(moves.AsSpan(0, count));
        if (count == 1 || _random.Next(100) < level.Slips)
            return moves[0];
        var legal = moves.AsSpan(0, count);
        var scores = _search.Run(position, before, new SearchLimits(level.Depth, time, nodes), legal, isExact: level.Noise > 0);
        if (level.Noise == 0)
            return moves[0];
        var best = 0;
        for (var i = 0; i < count; i++)
        {
            scores[i] += _random.Next(-level.Noise, level.Noise + 1);
            if (scores[i] > scores[best])
                best = i;
        }

        return moves[best];
    }
}
