namespace TPacket.WebSockets.Handshake;

/// <summary>Where a header's name and value stand in the head.</summary>
internal readonly record struct HeaderLine(Range Name, Range Value);
