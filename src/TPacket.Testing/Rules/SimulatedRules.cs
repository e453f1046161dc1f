using TPacket.Server.Rules.State;

namespace TPacket.Testing.Rules;

/// <summary>The rules of a simulation, of any types.</summary>
internal abstract class SimulatedRules
{
    public abstract string Name { get; }

    public abstract int Version { get; }

    public abstract bool ReadsPresence { get; }

    /// <summary>Creates a replica with a new instance of the rules.</summary>
    /// <param name="findings">Receives the faults; null to create a replica of unchecked rules.</param>
    /// <param name="checkpointEvents">The number of events after which the state is written.</param>
    public abstract RulesReplica CreateReplica(RulesFindings? findings, int checkpointEvents);

    /// <summary>Draws a command.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="state">The state.</param>
    /// <param name="text">The command as text for people.</param>
    public abstract byte[] DrawCommand(Random random, object state, out string text);

    public abstract byte[] Write(object state);

    /// <summary>Checks all invariants.</summary>
    /// <exception cref="Exception">The state violates an invariant.</exception>
    public abstract void CheckInvariant(object state);

    /// <summary>Returns an event as text for people.</summary>
    public abstract string Describe(ReadOnlyMemory<byte> happened);
}
