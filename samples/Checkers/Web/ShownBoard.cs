namespace Checkers.Web;

/// <summary>A board of a replay. The properties have the names of a game's view.</summary>
/// <param name="Position">The position as FEN.</param>
/// <param name="Last">The move that led to it, in full; null for none.</param>
internal sealed record ShownBoard(string Position, string? Last);
