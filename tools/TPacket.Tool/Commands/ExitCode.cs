namespace TPacket.Tool.Commands;

/// <summary>The exit codes of commands.</summary>
internal static class ExitCode
{
    /// <summary>The command has succeeded.</summary>
    public const int Done = 0;

    /// <summary>The command or a check has failed. System.CommandLine returns the same for invalid arguments.</summary>
    public const int Failed = 1;

    /// <summary>Ctrl+C has ended the command.</summary>
    public const int Interrupted = 130;
}
