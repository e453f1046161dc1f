namespace TPacket.Games.Matchmaking;

/// <summary>The JSON of an open game.</summary>
/// <param name="User">The id of the member who has opened the game.</param>
/// <param name="Nick">The nick of that member.</param>
/// <param name="Game">The prefix of the game's room names.</param>
internal sealed record OpenGameJson(int User, string Nick, string Game);
