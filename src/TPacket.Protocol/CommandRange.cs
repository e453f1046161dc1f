namespace TPacket.Protocol;

/// <summary>Whose a command value is (docs/protocol.md, Commands).</summary>
public static class CommandRange
{
    /// <summary>The first value reserved for TPacket.Net itself; a client receives such a command only after it asked for it.</summary>
    public const int FirstExtension = 10;

    /// <summary>The first value that belongs to applications.</summary>
    public const int FirstApplication = 256;

    /// <summary>The first of the values that are reserved for games.</summary>
    public const int FirstGame = 64;

    /// <summary>The last of the values that are reserved for games.</summary>
    public const int LastGame = 127;

    /// <summary>Whether <paramref name="command"/> belongs to the original protocol, which every client understands.</summary>
    public static bool IsOriginal(int command) => command is >= (int)PacketCommand.Nop and <= (int)PacketCommand.LoggedMsg;

    /// <summary>Whether <paramref name="command"/> may be defined by an application.</summary>
    public static bool IsApplication(int command) => command >= FirstApplication;

    /// <summary>Whether <paramref name="command"/> is reserved for games (docs/games.md).</summary>
    public static bool IsGame(int command) => command is >= FirstGame and <= LastGame;
}
