namespace TPacket.Client;

/// <summary>An open game that members may join.</summary>
/// <param name="User">The id of the member who has opened the game.</param>
/// <param name="Nick">The nick of that member.</param>
/// <param name="Game">The prefix of the game's room names.</param>
public sealed record OpenGame(int User, string Nick, string Game);
