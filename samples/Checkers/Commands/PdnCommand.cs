using System.Globalization;
using Checkers.Pdn;

namespace Checkers.Commands;

/// <summary><c>pdn FILE</c>: replays the games of a file, and prints the number, last position and result of each, or its first fault.</summary>
internal static class PdnCommand
{
    public static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter errors)
    {
        if (args.Length != 1)
            return Usage.Fail(errors, "pdn takes a file.");
        try
        {
            using var file = new StreamReader(args[0]);
            return Run(file, output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }

    public static int Run(TextReader file, TextWriter output)
    {
        var exitCode = 0;
        foreach (var game in new PdnReader(file).Read())
        {
            if (game.Fault is { } fault)
            {
                exitCode = 1;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{game.Number} line {fault.Line}, column {fault.Column}, move {fault.MoveNumber}: {fault.Text}"));
            }
            else
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{game.Number} {game.Position} {game.Result}"));
            }
        }

        return exitCode;
    }
}
