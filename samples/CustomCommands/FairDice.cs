using System.Security.Cryptography;

namespace CustomCommands;

/// <summary>Dice with unpredictable results.</summary>
internal sealed class FairDice : IDice
{
    public int Roll(int sides) => RandomNumberGenerator.GetInt32(sides) + 1;
}
