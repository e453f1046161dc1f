using System.Globalization;

namespace TPacket.Games.Matchmaking;

/// <summary>
/// Names of rooms with reserved seats: the game's prefix, a code, and the ids of the users in hexadecimal, such as <c>checkers-7k2f9q~1000.1001</c>.
/// </summary>
internal static class GameRoomName
{
    private const char Mark = '~';

    public static string Write(string prefix, string code, ReadOnlySpan<int> users)
    {
        var name = $"{prefix}{code}{Mark}";
        foreach (var user in users)
            name += (name[^1] == Mark ? "" : ".") + user.ToString("x", CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>Returns the ids of the users for whom the seats are reserved, in the order of the seats; none for any other name.</summary>
    public static IEnumerable<int> ReservedFor(string room)
    {
        var mark = room.LastIndexOf(Mark);
        var users = new List<int>();
        if (mark < 0)
            return users;
        foreach (var text in room[(mark + 1)..].Split('.'))
        {
            if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var user) || user <= 0)
                return [];
            users.Add(user);
        }

        return users;
    }
}
