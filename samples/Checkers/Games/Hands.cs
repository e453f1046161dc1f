using System.Collections.Immutable;

namespace Checkers.Games;

/// <summary>A position of rock, paper, scissors.</summary>
/// <param name="Chosen">What the seats have chosen in this round; null where a seat has not. Nobody but the seat itself may see it before the round is over.</param>
/// <param name="Rounds">What both have shown in the rounds before.</param>
/// <param name="Wins">How many rounds each has won.</param>
internal sealed record Hands(ImmutableArray<string?> Chosen, ImmutableArray<string> Rounds, ImmutableArray<int> Wins);
