namespace TPacket.Games.Matchmaking;

/// <summary>A member who looks for a game.</summary>
/// <param name="Nick">The member's nick.</param>
/// <param name="Game">The prefix of the game's room names.</param>
/// <param name="Rating">The member's rating; null for an open game.</param>
/// <param name="Since">The beginning of the wait, in milliseconds since the Unix epoch.</param>
internal sealed record Seeker(string Nick, string Game, int? Rating, long Since);
