using System.Globalization;
using TPacket.Server;

namespace Checkers.Web;

/// <summary>The names of rooms and the grace of their members. The page has the same names in rooms.js.</summary>
internal sealed class GameRooms : IRoomObserver
{
    /// <summary>The pattern of all rooms with a game.</summary>
    public const string All = "checkers-*";

    /// <summary>The room of the queue.</summary>
    public const string Lobby = "lobby";

    /// <summary>The room with the list of games as its log.</summary>
    public const string List = "games";

    /// <summary>The time for which a seat is kept for a player with a lost connection.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private const string Prefix = "checkers-";

    // Listed games, which strangers may join or watch. Other games can be found only by their links.
    private static readonly string[] _listed = [Prefix + "open-", Prefix + "quick-"];

    /// <summary>The prefix of the names of rooms for pairs of the queue.</summary>
    public static string Queue(int minutes, int seconds) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}quick-{minutes}-{seconds}-");

    /// <summary>Returns whether a room is a listed game.</summary>
    public static bool IsListed(string room) => Array.Exists(_listed, prefix => room.StartsWith(prefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    public ValueTask OnOpenedAsync(IRoom room)
    {
        ArgumentNullException.ThrowIfNull(room);
        if (room.Name.StartsWith(Prefix, StringComparison.Ordinal))
            room.SessionGrace = Grace;
        return default;
    }
}
