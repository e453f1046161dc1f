namespace TPacket.TerminalChat;

/// <summary>The reader and the writer of a chat without a terminal.</summary>
internal sealed record ChatStreams(TextReader Input, TextWriter Output);
