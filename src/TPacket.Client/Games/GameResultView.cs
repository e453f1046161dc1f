using System.Collections.Immutable;

namespace TPacket.Client;

/// <summary>How a game has ended.</summary>
/// <param name="Winners">The seats that have won; none for a draw, and for a game that was aborted.</param>
/// <param name="Reason"><c>won</c>, <c>resigned</c>, <c>time</c>, <c>abandoned</c>, <c>agreed</c>, <c>claimed</c>, <c>aborted</c>, or one of the game's own.</param>
public sealed record GameResultView(ImmutableArray<int> Winners, string Reason);
