namespace TPacket.Tool.Commands;

/// <summary>How a command has ended.</summary>
internal static class ExitCode
{
    /// <summary>As it should.</summary>
    public const int Done = 0;

    /// <summary>It failed, or something is wrong. Arguments that are wrong give the same, from System.CommandLine.</summary>
    public const int Failed = 1;

    /// <summary>Ctrl+C ended it.</summary>
    public const int Interrupted = 130;
}
