namespace TPacket.Games;

/// <summary>The turn of a bot, which determines the bot's move.</summary>
/// <param name="Board">The board.</param>
/// <param name="Game">The number of the game in its room.</param>
/// <param name="Moves">The number of moves before the turn.</param>
/// <param name="Seat">The seat of the bot.</param>
/// <param name="Level">The level of the bot.</param>
internal sealed record BotTurn<TBoard>(TBoard Board, int Game, int Moves, int Seat, string Level)
    where TBoard : class;
