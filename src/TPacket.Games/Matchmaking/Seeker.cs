namespace TPacket.Games.Matchmaking;

/// <summary>A member that looks for a game.</summary>
/// <param name="Nick">Its nick.</param>
/// <param name="Game">The beginning of the names of the game's rooms.</param>
/// <param name="Rating">Its rating; null for a game that is open to anybody.</param>
/// <param name="Since">Since when, in milliseconds since the Unix epoch.</param>
internal sealed record Seeker(string Nick, string Game, int? Rating, long Since);
