namespace TPacket.Games.Matchmaking;

/// <summary>The view of one member.</summary>
/// <param name="Open">The games that it may join.</param>
/// <param name="Seeking">The game that the member itself looks for; null for none.</param>
/// <param name="Room">The room of the member's game, which it enters next; null for none.</param>
internal sealed record MatchmakingViewJson(OpenGameJson[] Open, string? Seeking, string? Room);
