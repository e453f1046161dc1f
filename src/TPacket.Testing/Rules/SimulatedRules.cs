using TPacket.Server.Rules;

namespace TPacket.Testing;

/// <summary>The rules of a simulation, whatever their types.</summary>
internal abstract class SimulatedRules
{
    public abstract string Name { get; }

    public abstract int Version { get; }

    public abstract bool ReadsPresence { get; }

    /// <summary>Makes a replica with an instance of the rules of its own.</summary>
    /// <param name="findings">Gets the faults; null for rules that are not checked.</param>
    /// <param name="checkpointEvents">After how many events the state is written.</param>
    public abstract RulesReplica CreateReplica(RulesFindings? findings, int checkpointEvents);

    /// <summary>Draws a command.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="state">The state that the member sees.</param>
    /// <param name="text">The command for people.</param>
    public abstract byte[] DrawCommand(Random random, object state, out string text);

    public abstract byte[] Write(object state);

    /// <exception cref="Exception">The state is not what it has to be.</exception>
    public abstract void CheckInvariant(object state);

    /// <summary>An event for people.</summary>
    public abstract string Describe(ReadOnlyMemory<byte> happened);
}
