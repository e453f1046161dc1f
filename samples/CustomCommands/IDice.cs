namespace CustomCommands;

/// <summary>Dice with any number of sides. Thread-safe.</summary>
internal interface IDice
{
    /// <summary>Rolls once.</summary>
    /// <returns>1 to <paramref name="sides"/>.</returns>
    int Roll(int sides);
}
