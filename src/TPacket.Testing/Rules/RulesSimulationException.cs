namespace TPacket.Testing;

/// <summary>Thrown when simulated rooms show a fault of the rules. The message has the seed, the fault, and a shortened run that leads to it.</summary>
public sealed class RulesSimulationException : Exception
{
    internal RulesSimulationException(int seed, string message)
        : base(message) => Seed = seed;

    /// <summary>The seed of the run that has failed.</summary>
    public int Seed { get; }
}
