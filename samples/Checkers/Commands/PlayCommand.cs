using System.Globalization;
using Checkers.Computer;
using Checkers.Draughts;

namespace Checkers.Commands;

/// <summary><c>play [--fen FEN] [--seconds N] [--level NAME] [--seed N]</c>: prints the computer's move.</summary>
internal static class PlayCommand
{
    private const double MaxSeconds = 24 * 60 * 60;

    public static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter errors)
    {
        var (position, seconds, level, seed) = (Position.Start, 1.0, Level.Strongest, 1);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            string? error = null;
            var isRead = args[i] switch
            {
                "--fen" => Fen.TryParse(value, out position, out error),
                "--seconds" => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) && seconds is > 0 and <= MaxSeconds,
                "--level" => (level = Level.Find(value)) is not null,
                "--seed" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!isRead)
                return Usage.Fail(errors, error ?? $"play does not take {args[i]} {value}".TrimEnd() + ".");
        }

        var player = new ComputerPlayer(level!, seed, tableBits: 20);
        if (player.Choose(position, [], TimeSpan.FromSeconds(seconds)) is not { } move)
        {
            errors.WriteLine("The side to move has no move and has lost.");
            return 1;
        }

        output.WriteLine(move);
        return 0;
    }
}
