namespace TPacket.TerminalChat;

/// <summary>What the program is started with.</summary>
internal sealed record ChatArguments(Uri Address, string Nick, string Room)
{
    /// <summary>What may be said.</summary>
    public const string Usage = "TerminalChat [ADDRESS] [--nick NICK] [--room ROOM]    ws://localhost:25021/, the user's name and lobby, unless said otherwise";

    /// <summary>Reads the arguments.</summary>
    /// <returns>Null for those that mean nothing.</returns>
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
