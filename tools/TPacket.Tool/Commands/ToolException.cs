namespace TPacket.Tool.Commands;

/// <summary>An expected failure of a command. The message is a sentence for the user.</summary>
internal sealed class ToolException(string message, Exception? inner = null) : Exception(message, inner);
