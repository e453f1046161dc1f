namespace TPacket.Games.Matchmaking;

/// <summary>The JSON of one member's view.</summary>
/// <param name="Open">The games that the member may join.</param>
/// <param name="Seeking">The game that the member looks for; null for none.</param>
/// <param name="Room">The room of the member's match; null for none.</param>
internal sealed record MatchmakingViewJson(OpenGameJson[] Open, string? Seeking, string? Room);
