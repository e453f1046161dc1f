using System.Globalization;
using Checkers.Draughts;

namespace Checkers.Commands;

/// <summary><c>perft DEPTH [FEN]</c>: prints the number of move sequences.</summary>
internal static class PerftCommand
{
    public static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter errors)
    {
        if (args.Length is not (1 or 2) || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var depth) || depth > Perft.MaxDepth)
            return Usage.Fail(errors, $"perft takes a depth of 0 to {Perft.MaxDepth} and a position.");
        var position = Position.Start;
        if (args.Length == 2 && !Fen.TryParse(args[1], out position, out var error))
            return Usage.Fail(errors, error);
        output.WriteLine(Perft.Count(position, depth).ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
