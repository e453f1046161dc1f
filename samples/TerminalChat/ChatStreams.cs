namespace TPacket.TerminalChat;

/// <summary>The input and output of a chat without a terminal.</summary>
internal sealed record ChatStreams(TextReader Input, TextWriter Output);
