using TPacket.Games;

namespace TPacket.Client;

/// <summary>Options of clients that play.</summary>
public static class TPacketClientOptionsGamesExtensions
{
    /// <summary>Accepts the commands of games, beside those that the client accepts already.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The same options.</returns>
    public static TPacketClientOptions AcceptGames(this TPacketClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AcceptedCommands = [.. options.AcceptedCommands, (GameCommand.Game, GameCommand.Matchmaking)];
        return options;
    }
}
