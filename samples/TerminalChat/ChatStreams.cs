namespace TPacket.TerminalChat;

/// <summary>What a chat without a terminal reads and writes.</summary>
internal sealed record ChatStreams(TextReader Input, TextWriter Output);
