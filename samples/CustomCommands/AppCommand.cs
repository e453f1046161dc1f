namespace CustomCommands;

/// <summary>The commands of this application: 256 and up.</summary>
internal static class AppCommand
{
    /// <summary>From a client; p1 is the number of sides, 2 to 1000.</summary>
    public const int RollDice = 256;

    /// <summary>To the members of the room that accept it; p1 is the roller's id, p2 the number that came up.</summary>
    public const int DiceRolled = 257;

    /// <summary>From a client; the reply is the same command with the server's time in its data, as UTF-8 in the form of ISO 8601.</summary>
    public const int ServerTime = 258;
}
