using System.CommandLine;

namespace TPacket.Tool.Commands;

/// <summary>The command line: <c>tpacket COMMAND</c>.</summary>
internal static class ToolCommand
{
    /// <summary>Creates the root command; it writes to the streams of the invocation.</summary>
    /// <param name="input">What commands read; null for the process's own input, or the terminal.</param>
    /// <param name="time">The clock of <c>replay --speed</c>; the system's where null.</param>
    public static RootCommand Create(TextReader? input = null, TimeProvider? time = null) => new("Works with servers of tPacket, rooms over WebSockets.")
    {
        ChatCommand.Create(input),
        SendCommand.Create(input ?? Console.In),
        TailCommand.Create(),
        RoomsCommand.Create(),
        ReplayCommand.Create(time ?? TimeProvider.System),
        LoadCommand.Create(),
        CheckCommand.Create(),
    };
}
