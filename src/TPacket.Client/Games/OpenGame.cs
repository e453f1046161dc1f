namespace TPacket.Client;

/// <summary>A game that a member may join.</summary>
/// <param name="User">The id of the member who has opened it.</param>
/// <param name="Nick">The nick of that member.</param>
/// <param name="Game">The beginning of the names of the game's rooms.</param>
public sealed record OpenGame(int User, string Nick, string Game);
