using System.CommandLine;
using System.CommandLine.Help;

namespace TPacket.Tool.Commands;

/// <summary>The command line: <c>tpacket COMMAND</c>.</summary>
internal static class ToolCommand
{
    /// <summary>The name of the installed command.</summary>
    public const string Name = "tpacket";

    /// <summary>Creates the command line. It writes to the streams of the invocation.</summary>
    /// <param name="input">The input of commands; null for the terminal or the process's input.</param>
    /// <param name="time">The clock of <c>replay --speed</c>; null for the system's.</param>
    // RootCommand would name itself after the program's file, which is not the command that users type.
    public static Command Create(TextReader? input = null, TimeProvider? time = null) => new(Name, "Works with servers of tPacket, rooms over WebSockets.")
    {
        new HelpOption(),
        new VersionOption(),
        ChatCommand.Create(input),
        SendCommand.Create(input ?? Console.In),
        TailCommand.Create(),
        RoomsCommand.Create(),
        ReplayCommand.Create(time ?? TimeProvider.System),
        LoadCommand.Create(),
        CheckCommand.Create(),
    };
}
