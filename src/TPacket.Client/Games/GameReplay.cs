using System.Collections.Immutable;

namespace TPacket.Client;

/// <summary>The boards of a game.</summary>
/// <typeparam name="TBoard">The type of the boards as members see them.</typeparam>
/// <param name="Game">The number of the game in its room.</param>
/// <param name="Boards">The boards as the member may see them, from the one that the game began with.</param>
/// <param name="Text">A game that is over as a text for other programs; null where the game has none.</param>
public sealed record GameReplay<TBoard>(int Game, ImmutableArray<TBoard> Boards, string? Text)
    where TBoard : class;
