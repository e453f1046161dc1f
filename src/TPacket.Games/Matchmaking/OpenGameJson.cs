namespace TPacket.Games.Matchmaking;

/// <summary>A game that a member may join.</summary>
/// <param name="User">The id of the member who has opened it.</param>
/// <param name="Nick">Its nick.</param>
/// <param name="Game">The beginning of the names of the game's rooms.</param>
internal sealed record OpenGameJson(int User, string Nick, string Game);
