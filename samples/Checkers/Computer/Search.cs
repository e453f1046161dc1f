using Checkers.Draughts;

namespace Checkers.Computer;

/// <summary>
/// A principal variation search with iterative deepening, a quiescence search over captures and a transposition table. A repeated position counts as a draw. Not thread-safe.
/// </summary>
internal sealed class Search
{
    /// <summary>The maximum depth of a search, without captures.</summary>
    public const int MaxDepth = 60;

    /// <summary>The score of an immediate win. A later win scores one less for each half move.</summary>
    public const int Win = 20_000;

    private const int MaxPly = 128;
    private const int Infinity = Win + 1;
    private const int SureWin = Win - 1000;

    private readonly TimeProvider _timeProvider;
    private readonly TranspositionTable _table;
    private readonly Move[] _moves = new Move[(MaxPly + 1) * MoveGenerator.MaxMoves];
    private readonly int[] _order = new int[(MaxPly + 1) * MoveGenerator.MaxMoves];
    private readonly ulong[] _path = new ulong[MaxPly + 1];
    private readonly int[] _history = new int[2 * 32 * 32];
    private readonly HashSet<ulong> _before = [];
    private SearchLimits _limits;
    private long _begin;
    private bool _isOver;

    public Search(TranspositionTable table, TimeProvider? timeProvider = null) => (_table, _timeProvider) = (table, timeProvider ?? TimeProvider.System);

    /// <summary>The number of positions that the last search has visited.</summary>
    public long Nodes { get; private set; }

    /// <summary>The depth that the last search has completed.</summary>
    public int Depth { get; private set; }

    /// <summary>Searches and orders moves.</summary>
    /// <param name="position">The position.</param>
    /// <param name="before">The earlier positions of the game since the last capture or move of a man.</param>
    /// <param name="limits">The limits of the search.</param>
    /// <param name="moves">The legal moves. On return, the best move is first; equal moves keep their order.</param>
    /// <param name="isExact">Whether to compute exact scores of all moves instead of only the best move.</param>
    /// <returns>The scores of the moves in their new order, for the side to move. Scores after the first are upper bounds unless <paramref name="isExact"/>.</returns>
    public int[] Run(in Position position, IEnumerable<Position> before, SearchLimits limits, Span<Move> moves, bool isExact = false)
    {
        _before.Clear();
        foreach (var earlier in before)
            _before.Add(TranspositionTable.KeyOf(earlier));
        Array.Clear(_history);
        (_limits, _begin, _isOver, Nodes, Depth) = (limits, _timeProvider.GetTimestamp(), false, 0, 0);
        _path[0] = TranspositionTable.KeyOf(position);
        var scores = new int[moves.Length];
        for (var depth = 1; depth <= Math.Min(limits.Depth, MaxDepth) && moves.Length > 0; depth++)
        {
            if (!TryDeepen(position, depth, moves, scores, isExact))
                break;
            Depth = depth;
            if (Math.Abs(scores[0]) > SureWin || (limits.Time > TimeSpan.Zero && _timeProvider.GetElapsedTime(_begin) > limits.Time * 0.6))
                break;
        }

        return scores;
    }

    private bool TryDeepen(in Position position, int depth, Span<Move> moves, int[] scores, bool isExact)
    {
        Span<int> deeper = stackalloc int[moves.Length];
        var best = -Infinity;
        for (var i = 0; i < moves.Length; i++)
        {
            var alpha = isExact ? -Infinity : best;
            var after = position.After(moves[i]);
            var score = i == 0 || isExact ? -Value(after, depth - 1, 1, -Infinity, -alpha) : -Value(after, depth - 1, 1, -alpha - 1, -alpha);
            if (i > 0 && !isExact && score > alpha)
                score = -Value(after, depth - 1, 1, -Infinity, -alpha);
            if (_isOver)
            {
                // Out of time. The results so far are valid, because the best move of the last depth was searched first.
                if (i > 0 && !isExact)
                    MoveUp(moves[..i], deeper[..i], scores);
                return false;
            }

            deeper[i] = score;
            best = Math.Max(best, score);
        }

        Sort(moves, deeper, scores);
        return true;
    }

    private static void MoveUp(Span<Move> moves, Span<int> deeper, int[] scores)
    {
        var best = 0;
        for (var i = 1; i < moves.Length; i++)
        {
            if (deeper[i] > deeper[best])
                best = i;
        }

        var move = moves[best];
        moves[..best].CopyTo(moves[1..]);
        scores.AsSpan(0, best).CopyTo(scores.AsSpan(1));
        (moves[0], scores[0]) = (move, deeper[best]);
    }

    /// <summary>Sorts by insertion, which is stable: equal moves keep their order.</summary>
    private static void Sort(Span<Move> moves, Span<int> deeper, int[] scores)
    {
        for (var i = 0; i < moves.Length; i++)
        {
            var (move, score, at) = (moves[i], deeper[i], i);
            for (; at > 0 && scores[at - 1] < score; at--)
                (moves[at], scores[at]) = (moves[at - 1], scores[at - 1]);
            (moves[at], scores[at]) = (move, score);
        }
    }

    private int Value(in Position position, int depth, int ply, int alpha, int beta)
    {
        if (IsOver())
            return 0;
        var key = TranspositionTable.KeyOf(position);
        if (IsRepeated(key, ply))
            return 0;
        var isQuiet = MoveGenerator.Jumpers(position) == 0;
        if ((depth <= 0 && isQuiet) || ply >= MaxPly)
            return HasMove(position, isQuiet) ? Evaluation.Of(position) : ply - Win;
        depth = Math.Max(depth, 0);
        var isKnown = _table.TryFind(key, out var known);
        if (isKnown && known.Depth >= depth && TryUse(known, ply, alpha, beta, out var value))
            return value;
        _path[ply] = key;
        var moves = _moves.AsSpan(ply * MoveGenerator.MaxMoves, MoveGenerator.MaxMoves);
        var count = MoveGenerator.Generate(position, moves);
        if (count == 0)
            return ply - Win;
        // A forced move does not reduce the depth, except at the horizon.
        var next = count == 1 && depth > 0 ? depth : depth - 1;
        return Best(position, moves[..count], next, depth, ply, alpha, beta, key, isKnown ? known : default);
    }

    private int Best(in Position position, Span<Move> moves, int next, int depth, int ply, int alpha, int beta, ulong key, in Transposition known)
    {
        var order = _order.AsSpan(ply * MoveGenerator.MaxMoves, moves.Length);
        Rank(position, moves, order, known);
        var (best, first, bestMove) = (-Infinity, alpha, default(Move));
        for (var i = 0; i < moves.Length; i++)
        {
            Pick(moves, order, i);
            var after = position.After(moves[i]);
            var score = i == 0 ? -Value(after, next, ply + 1, -beta, -alpha) : -Value(after, next, ply + 1, -alpha - 1, -alpha);
            if (i > 0 && score > alpha && score < beta)
                score = -Value(after, next, ply + 1, -beta, -alpha);
            if (_isOver)
                return 0;
            if (score > best)
                (best, bestMove) = (score, moves[i]);
            alpha = Math.Max(alpha, score);
            if (alpha >= beta)
            {
                if (!moves[i].IsCapture)
                    _history[HistoryOf(position, moves[i])] += depth * depth;
                break;
            }
        }

        var bound = best >= beta ? Bound.Lower : best > first ? Bound.Exact : Bound.Upper;
        _table.Keep(new Transposition(key, (short)FromHere(best, ply), (sbyte)depth, bound, bestMove.From, bestMove.To));
        return best;
    }

    private static bool HasMove(in Position position, bool isQuiet)
    {
        if (!isQuiet)
            return true;
        Span<Move> moves = stackalloc Move[MoveGenerator.MaxMoves];
        return MoveGenerator.Generate(position, moves) > 0;
    }

    private static bool TryUse(in Transposition known, int ply, int alpha, int beta, out int value)
    {
        value = known.Score > SureWin ? known.Score - ply : known.Score < -SureWin ? known.Score + ply : known.Score;
        return known.Bound == Bound.Exact || (known.Bound == Bound.Lower && value >= beta) || (known.Bound == Bound.Upper && value <= alpha);
    }

    private static int FromHere(int score, int ply) => score > SureWin ? score + ply : score < -SureWin ? score - ply : score;

    private static int HistoryOf(in Position position, in Move move) => ((((int)position.ToMove * 32) + move.From) * 32) + move.To;

    private void Rank(in Position position, Span<Move> moves, Span<int> order, in Transposition known)
    {
        for (var i = 0; i < moves.Length; i++)
        {
            ref readonly var move = ref moves[i];
            var isKnown = known.Bound != Bound.None && known.From == move.From && known.To == move.To;
            order[i] = isKnown ? int.MaxValue : move.IsCapture ? move.Jumps * 1_000_000 : _history[HistoryOf(position, move)];
        }
    }

    private static void Pick(Span<Move> moves, Span<int> order, int at)
    {
        var best = at;
        for (var i = at + 1; i < moves.Length; i++)
        {
            if (order[i] > order[best])
                best = i;
        }

        (moves[at], moves[best]) = (moves[best], moves[at]);
        (order[at], order[best]) = (order[best], order[at]);
    }

    private bool IsRepeated(ulong key, int ply)
    {
        for (var i = ply - 2; i >= 0; i -= 2)
        {
            if (_path[i] == key)
                return true;
        }

        return _before.Contains(key);
    }

    private bool IsOver()
    {
        Nodes++;
        if (_isOver || Depth == 0)
            return _isOver;
        if (_limits.Nodes > 0 && Nodes >= _limits.Nodes)
            _isOver = true;
        else if ((Nodes & 1023) == 0 && _limits.Time > TimeSpan.Zero)
            _isOver = _timeProvider.GetElapsedTime(_begin) >= _limits.Time;
        return _isOver;
    }
}
