using System.Globalization;
using TPacket.Server;

namespace Checkers.Web;

/// <summary>The names of rooms, and how long their members may be away. The page has the same names in rooms.js.</summary>
internal sealed class GameRooms : IRoomObserver
{
    /// <summary>All rooms with a game.</summary>
    public const string All = "checkers-*";

    /// <summary>The room in which members look for an opponent.</summary>
    public const string Lobby = "lobby";

    /// <summary>The room whose log is the list of games.</summary>
    public const string List = "games";

    /// <summary>How long a seat is kept for a player whose connection has dropped.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private const string Prefix = "checkers-";

    // Games that strangers may join or watch. Others are found by their links alone.
    private static readonly string[] _listed = [Prefix + "open-", Prefix + "quick-"];

    /// <summary>The beginning of the names of the rooms that a queue leads to.</summary>
    public static string Queue(int minutes, int seconds) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}quick-{minutes}-{seconds}-");

    /// <summary>Whether a room is a game that the list shows.</summary>
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
