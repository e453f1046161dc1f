using TPacket.Games;

namespace TPacket.Client;

/// <summary>Options for games.</summary>
public static class TPacketClientOptionsGamesExtensions
{
    /// <summary>Adds the commands of games to <see cref="TPacketClientOptions.AcceptedCommands"/>.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The same instance.</returns>
    public static TPacketClientOptions AcceptGames(this TPacketClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AcceptedCommands = [.. options.AcceptedCommands, (GameCommand.Game, GameCommand.Matchmaking)];
        return options;
    }
}
