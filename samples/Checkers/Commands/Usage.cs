namespace Checkers.Commands;

/// <summary>The text that the program prints for invalid arguments.</summary>
internal static class Usage
{
    /// <summary>The exit code for invalid arguments.</summary>
    public const int ExitCode = 2;

    private const string Text = """
        checkers perft DEPTH [FEN]
        checkers pdn FILE
        checkers play [--fen FEN] [--seconds N] [--level beginner|casual|club|strong] [--seed N]
        checkers contest LEVEL LEVEL GAMES [POSITIONS]
        """;

    public static int Fail(TextWriter errors, string error)
    {
        errors.WriteLine(error);
        errors.WriteLine(Text);
        return ExitCode;
    }
}
