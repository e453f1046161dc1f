namespace TPacket.TerminalChat;

/// <summary>The arguments of the program.</summary>
internal sealed record ChatArguments(Uri Address, string Nick, string Room)
{
    /// <summary>The usage line.</summary>
    public const string Usage = "TerminalChat [ADDRESS] [--nick NICK] [--room ROOM]    ws://localhost:25021/, the user's name and lobby by default";

    /// <summary>Parses the arguments.</summary>
    /// <returns>Null if they are invalid.</returns>
    public static ChatArguments? Parse(IReadOnlyList<string> arguments)
    {
        var (address, nick, room) = (null as string, Environment.UserName, "lobby");
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--nick" && i + 1 < arguments.Count)
                nick = arguments[++i];
            else if (arguments[i] is "--room" && i + 1 < arguments.Count)
                room = arguments[++i];
            else if (address is null)
                address = arguments[i];
            else
                return null;
        }

        return Uri.TryCreate(address ?? "ws://localhost:25021/", UriKind.Absolute, out var uri) && uri.Scheme is ("ws" or "wss") ? new ChatArguments(uri, nick, room) : null;
    }
}
