using System.Collections.Immutable;

namespace TPacket.Client;

/// <summary>A replay of a game.</summary>
/// <typeparam name="TBoard">The type of the boards as members see them.</typeparam>
/// <param name="Game">The number of the game in its room.</param>
/// <param name="Boards">The boards as the member may see them: the first board, and one after each move.</param>
/// <param name="Text">The finished game as a text for other programs; null if the game is not over or has no such text.</param>
public sealed record GameReplay<TBoard>(int Game, ImmutableArray<TBoard> Boards, string? Text)
    where TBoard : class;
