namespace Checkers.Web;

/// <summary>A board of a game that is replayed, with the names that the view of a game has.</summary>
/// <param name="Position">The position as FEN.</param>
/// <param name="Last">The move that led to it in full; null for none.</param>
internal sealed record ShownBoard(string Position, string? Last);
