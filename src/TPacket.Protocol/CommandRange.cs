namespace TPacket.Protocol;

/// <summary>The ranges of command values and their owners (docs/protocol.md, Commands).</summary>
public static class CommandRange
{
    /// <summary>
    /// The first value that is no part of the original protocol. A client receives commands from here on only if it has accepted them
    /// (<see cref="PacketCommand.AcceptCommands"/>), or as replies to commands from here on.
    /// </summary>
    public const int FirstExtension = 10;

    /// <summary>The first value that applications may define.</summary>
    public const int FirstApplication = 256;

    /// <summary>The first value reserved for games.</summary>
    public const int FirstGame = 64;

    /// <summary>The last value reserved for games.</summary>
    public const int LastGame = 127;

    /// <summary>Returns whether <paramref name="command"/> is part of the original protocol, which every client understands.</summary>
    public static bool IsOriginal(int command) => command is >= (int)PacketCommand.Nop and <= (int)PacketCommand.LoggedMsg;

    /// <summary>Returns whether an application may define <paramref name="command"/>.</summary>
    public static bool IsApplication(int command) => command >= FirstApplication;

    /// <summary>Returns whether <paramref name="command"/> is reserved for games (docs/games.md).</summary>
    public static bool IsGame(int command) => command is >= FirstGame and <= LastGame;
}
