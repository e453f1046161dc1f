using System.Collections.Immutable;

namespace Checkers.Games;

/// <summary>A position of rock, paper, scissors.</summary>
/// <param name="Chosen">The seats' choices in this round; null for a seat that has not chosen. Only the seat itself may see its choice before the round is over.</param>
/// <param name="Rounds">The choices of the earlier rounds.</param>
/// <param name="Wins">The number of rounds that each seat has won.</param>
internal sealed record Hands(ImmutableArray<string?> Chosen, ImmutableArray<string> Rounds, ImmutableArray<int> Wins);
