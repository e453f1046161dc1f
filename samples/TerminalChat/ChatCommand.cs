namespace TPacket.TerminalChat;

/// <summary>A command or a message from the user's input.</summary>
internal readonly record struct ChatCommand(ChatCommandKind Kind, string Argument)
{
    /// <summary>Parses a line. A command begins with a slash. A line with two slashes is a message that begins with one slash.</summary>
    public static ChatCommand Parse(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return new ChatCommand(ChatCommandKind.Nothing, "");
        if (!line.StartsWith('/'))
            return new ChatCommand(ChatCommandKind.Say, line);
        if (line.StartsWith("//", StringComparison.Ordinal))
            return new ChatCommand(ChatCommandKind.Say, line[1..]);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (name, argument) = space < 0 ? (line, "") : (line[..space], line[space..].Trim());
        return name.ToUpperInvariant() switch
        {
            "/NICK" when argument.Length > 0 => new ChatCommand(ChatCommandKind.Nick, argument),
            "/ROOM" when argument.Length > 0 => new ChatCommand(ChatCommandKind.Room, argument),
            "/WHO" => new ChatCommand(ChatCommandKind.Who, ""),
            "/QUIT" => new ChatCommand(ChatCommandKind.Quit, ""),
            "/HELP" => new ChatCommand(ChatCommandKind.Help, ""),
            _ => new ChatCommand(ChatCommandKind.Unknown, name),
        };
    }
}

/// <summary>The kinds of commands.</summary>
internal enum ChatCommandKind
{
    /// <summary>An empty line.</summary>
    Nothing,

    /// <summary>Sends the argument as a message.</summary>
    Say,

    /// <summary>Changes the nick.</summary>
    Nick,

    /// <summary>Enters another room.</summary>
    Room,

    /// <summary>Lists the members of the room.</summary>
    Who,

    /// <summary>Ends the chat.</summary>
    Quit,

    /// <summary>Lists the commands.</summary>
    Help,

    /// <summary>An unknown command, or a command without its argument.</summary>
    Unknown,
}
