using System.Collections.Concurrent;
using TPacket.Server;
using TPacket.Server.Tests.Rules;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>Write their state after every eighth event.</summary>
internal sealed class CheckpointedTallyRules : TallyRules
{
    private static readonly ConcurrentDictionary<long, int> _written = new();

    /// <summary>Whether a state may be computed from the beginning.</summary>
    public bool MayStart { get; init; } = true;

    public override bool ReadsPresence => false;

    public override int CheckpointEvents => 8;

    /// <summary>How often the state of a room was written.</summary>
    public static int WrittenOf(long seed) => _written.GetValueOrDefault(seed);

    public override Tally Start(RulesStart start) => MayStart ? base.Start(start) : throw new InvalidOperationException("The state was computed from the beginning.");

    public override byte[] WriteState(Tally state)
    {
        _written.AddOrUpdate(state.Seed, 1, static (_, times) => times + 1);
        return base.WriteState(state);
    }
}
