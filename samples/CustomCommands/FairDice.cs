using System.Security.Cryptography;

namespace CustomCommands;

/// <summary>Dice that nobody can foresee.</summary>
internal sealed class FairDice : IDice
{
    public int Roll(int sides) => RandomNumberGenerator.GetInt32(sides) + 1;
}
