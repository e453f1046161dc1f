using System.Security.Cryptography;
using TPacket.Server;
using TPacket.Testing.Rules;

namespace TPacket.Testing;

/// <summary>
/// Simulates rooms with rules, each on several nodes over one log, in virtual time and on the calling thread.
/// The simulation draws everything in a run from a seed: commands of members, joins and leaves, crashes and pauses of nodes, lost answers,
/// late events and wrong clocks. The engine's code computes states, decisions and the log; nodes, timers and connections are simulated.
/// <para>
/// The simulation finds rules that are not pure, that compute another state when they compute a state again,
/// that throw, or that violate an invariant. It shortens the failed run. Not thread-safe.
/// </para>
/// </summary>
/// <typeparam name="TState">The state of the rules.</typeparam>
/// <typeparam name="TCommand">Their commands.</typeparam>
/// <typeparam name="TEvent">Their events.</typeparam>
public sealed class RulesSimulation<TState, TCommand, TEvent>
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    // The number of runs that are repeated, to find state outside of the rules' state.
    private const int Repeated = 3;

    private readonly List<Action<TState>> _invariants = [];
    private readonly SimulatedRules<TState, TCommand, TEvent> _rules;

    internal RulesSimulation(Func<RoomRules<TState, TCommand, TEvent>> createRules, Func<Random, TState, TCommand> drawCommand) =>
        _rules = new SimulatedRules<TState, TCommand, TEvent>(createRules, drawCommand, _invariants);

    /// <summary>The number of nodes of a room, 1 to 16. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Nodes
    {
        get;
        set => field = value is >= 1 and <= 16 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A room has 1 to 16 nodes.");
    } = 3;

    /// <summary>The number of users, 1 to 1,000. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Members
    {
        get;
        set => field = value is >= 1 and <= 1_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "There are 1 to 1,000 users.");
    } = 4;

    /// <summary>The number of steps of a run, such as commands and crashes, 1 to 100,000. Default: 60.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Steps
    {
        get;
        set => field = value is >= 1 and <= 100_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A run has 1 to 100,000 steps.");
    } = 60;

    /// <summary>Adds an invariant.</summary>
    /// <param name="assert">Called with the state after each event, on the thread of <see cref="Run"/>; throws if the state violates the invariant.</param>
    /// <returns>The same instance.</returns>
    public RulesSimulation<TState, TCommand, TEvent> Always(Action<TState> assert)
    {
        ArgumentNullException.ThrowIfNull(assert);
        _invariants.Add(assert);
        return this;
    }

    /// <summary>Simulates one room for each seed.</summary>
    /// <param name="seeds">The number of seeds.</param>
    /// <param name="firstSeed">The first seed; not negative.</param>
    /// <returns>The counts of all runs.</returns>
    /// <exception cref="RulesSimulationException">A run has found a fault.</exception>
    public RulesSimulationReport Run(int seeds = 1_000, int firstSeed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(firstSeed);
        var counts = new SimulatedCounts();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var digests = new byte[Math.Min(seeds, Repeated)][];
        for (var i = 0; i < seeds; i++)
        {
            var run = RunOnce(firstSeed + i, out var own);
            counts.Add(run.Counts);
            digest.AppendData(own);
            if (i < digests.Length)
                digests[i] = own;
        }

        for (var i = 0; i < digests.Length; i++)
        {
            RunOnce(firstSeed + i, out var again);
            if (!again.AsSpan().SequenceEqual(digests[i]))
                throw new RulesSimulationException(firstSeed + i, $"Seed {firstSeed + i} gives another run the second time: the rules, or the function that draws commands, depend on something outside of the state, such as a static field.");
        }

        return new RulesSimulationReport
        {
            Seeds = seeds,
            Events = counts.Events,
            Refusals = counts.Refusals,
            Conflicts = counts.Conflicts,
            Repeats = counts.Repeats,
            Fenced = counts.Fenced,
            Wakes = counts.Wakes,
            Starts = counts.Starts,
            Checkpoints = counts.Checkpoints,
            Digest = Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 16)),
        };
    }

    private SimulatedRun RunOnce(int seed, out byte[] digest)
    {
        var setup = new SimulatedSetup(seed, Nodes, Members, IsCalm: false);
        var steps = SimulatedStep.Draw(new Random(seed), Steps, Members);
        var run = new SimulatedRun(_rules, setup);
        if (run.Execute(steps) is { } fault)
            throw new RulesSimulationException(seed, new SimulatedFailure(_rules, setup, steps, fault).ToString());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        run.AddTo(hash);
        digest = hash.GetHashAndReset();
        return run;
    }
}
