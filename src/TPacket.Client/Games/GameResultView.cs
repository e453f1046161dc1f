using System.Collections.Immutable;

namespace TPacket.Client;

/// <summary>The result of a game.</summary>
/// <param name="Winners">The numbers of the winning seats; empty for a draw and for an aborted game.</param>
/// <param name="Reason">
/// A word for programs: <c>won</c>, <c>resigned</c>, <c>time</c>, <c>abandoned</c>, <c>agreed</c>, <c>claimed</c>,
/// <c>aborted</c>, or a reason of the game itself.
/// </param>
public sealed record GameResultView(ImmutableArray<int> Winners, string Reason);
