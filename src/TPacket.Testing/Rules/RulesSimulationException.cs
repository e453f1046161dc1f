namespace TPacket.Testing;

/// <summary>Thrown when a simulation finds a fault in the rules. The message contains the seed, the fault, and a shortened run that leads to it.</summary>
public sealed class RulesSimulationException : Exception
{
    internal RulesSimulationException(int seed, string message)
        : base(message) => Seed = seed;

    /// <summary>The seed of the failed run.</summary>
    public int Seed { get; }
}
