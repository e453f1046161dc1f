namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A user in a roster.</summary>
internal readonly record struct Present(int Id, string Nick, bool IsAway);
