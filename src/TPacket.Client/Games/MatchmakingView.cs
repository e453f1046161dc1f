using System.Collections.Immutable;

namespace TPacket.Client;

/// <summary>The matchmaking of a lobby as one member sees it.</summary>
/// <param name="Open">The games that members may join.</param>
/// <param name="Seeking">The game that the member looks for; null for none.</param>
/// <param name="Room">The room of the member's match; null for none.</param>
public sealed record MatchmakingView(ImmutableArray<OpenGame> Open, string? Seeking, string? Room);
