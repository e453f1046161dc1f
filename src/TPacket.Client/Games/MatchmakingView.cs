using System.Collections.Immutable;

namespace TPacket.Client;

/// <summary>Matchmaking as one member sees it.</summary>
/// <param name="Open">The games that members may join.</param>
/// <param name="Seeking">The game that the member itself looks for; null for none.</param>
/// <param name="Room">The room of the member's match, which it enters next; null for none.</param>
public sealed record MatchmakingView(ImmutableArray<OpenGame> Open, string? Seeking, string? Room);
