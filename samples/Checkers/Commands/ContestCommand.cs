using System.Globalization;
using Checkers.Computer;
using Checkers.Draughts;

namespace Checkers.Commands;

/// <summary><c>contest LEVEL LEVEL GAMES [POSITIONS]</c>: plays games between two levels with alternating colours, and prints the results of the first level.</summary>
internal static class ContestCommand
{
    // Limiting the search by nodes instead of time gives the same games on every machine.
    private const long DefaultNodes = 20_000;
    private const int MaxQuietHalfMoves = 80;

    public static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter errors)
    {
        long nodes = DefaultNodes;
        if (args.Length is not (3 or 4) || Level.Find(args[0]) is not { } one || Level.Find(args[1]) is not { } other
            || !int.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out var games)
            || (args.Length == 4 && !long.TryParse(args[3], NumberStyles.None, CultureInfo.InvariantCulture, out nodes)))
        {
            return Usage.Fail(errors, "contest takes two levels, a number of games, and the number of positions per move.");
        }

        var (wins, draws, losses, moves) = (0, 0, 0, 0L);
        for (var game = 0; game < games; game++)
        {
            var first = new ComputerPlayer(one, (2 * game) + 1, tableBits: 16);
            var second = new ComputerPlayer(other, (2 * game) + 2, tableBits: 16);
            var isFirstBlack = game % 2 == 0;
            var winner = Play(isFirstBlack ? first : second, isFirstBlack ? second : first, nodes, ref moves);
            if (winner is null)
                draws++;
            else if (winner == Side.Black == isFirstBlack)
                wins++;
            else
                losses++;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Name} against {other.Name}: {wins} wins, {draws} draws, {losses} losses; {moves} moves, all legal"));
        return 0;
    }

    /// <summary>Plays a game and checks that each move is legal.</summary>
    private static Side? Play(ComputerPlayer black, ComputerPlayer white, long nodes, ref long moves)
    {
        var position = Position.Start;
        var before = new List<Position>();
        var legal = new Move[MoveGenerator.MaxMoves];
        while (true)
        {
            var player = position.ToMove == Side.Black ? black : white;
            if (player.Choose(position, before, nodes: nodes) is not { } move)
                return position.ToMove == Side.Black ? Side.White : Side.Black;
            if (!legal.AsSpan(0, MoveGenerator.Generate(position, legal)).Contains(move))
                throw new InvalidOperationException($"The move {move} is illegal in {position}.");
            moves++;
            if (position.IsProgress(move))
                before.Clear();
            else
                before.Add(position);
            position = position.After(move);
            if (before.Count >= MaxQuietHalfMoves || before.Count(earlier => earlier == position) >= 2)
                return null;
        }
    }
}
