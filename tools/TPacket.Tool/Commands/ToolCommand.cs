using System.CommandLine;

namespace TPacket.Tool.Commands;

/// <summary>The command line: <c>tpacket COMMAND</c>.</summary>
internal static class ToolCommand
{
    /// <summary>Creates the root command; it writes to the streams of the invocation.</summary>
    public static RootCommand Create() => new("Works with servers of tPacket, rooms over WebSockets.") { CheckCommand.Create() };
}
