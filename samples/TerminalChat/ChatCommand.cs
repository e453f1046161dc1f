namespace TPacket.TerminalChat;

/// <summary>What a line that was entered asks for.</summary>
internal readonly record struct ChatCommand(ChatCommandKind Kind, string Argument)
{
    /// <summary>Reads a line: a command begins with one slash; two make a message that begins with one.</summary>
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

/// <summary>What can be asked for.</summary>
internal enum ChatCommandKind
{
    /// <summary>An empty line.</summary>
    Nothing,

    /// <summary>Say the argument.</summary>
    Say,

    /// <summary>Take another nick.</summary>
    Nick,

    /// <summary>Enter another room.</summary>
    Room,

    /// <summary>Tell who is here.</summary>
    Who,

    /// <summary>Leave.</summary>
    Quit,

    /// <summary>Tell what there is.</summary>
    Help,

    /// <summary>A name that means nothing, or lacks its argument.</summary>
    Unknown,
}
