namespace TPacket.Tool.Commands;

/// <summary>A command cannot go on; the message is a sentence for the user.</summary>
internal sealed class ToolException(string message, Exception? inner = null) : Exception(message, inner);
