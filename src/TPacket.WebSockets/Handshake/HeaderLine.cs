namespace TPacket.WebSockets.Handshake;

/// <summary>The ranges of a header's name and value in the head.</summary>
internal readonly record struct HeaderLine(Range Name, Range Value);
