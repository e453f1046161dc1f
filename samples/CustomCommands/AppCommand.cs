namespace CustomCommands;

/// <summary>The commands of this application, from 256 up.</summary>
internal static class AppCommand
{
    /// <summary>From a client: rolls dice. p1 is the number of sides, 2 to 1000.</summary>
    public const int RollDice = 256;

    /// <summary>To members of the room that accept the command: the result of a roll. p1 is the roller's id, p2 the number.</summary>
    public const int DiceRolled = 257;

    /// <summary>From a client: requests the time. The reply is the same command with the server's time as data, in the form of ISO 8601.</summary>
    public const int ServerTime = 258;
}
