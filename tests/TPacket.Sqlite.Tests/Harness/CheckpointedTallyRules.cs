using TPacket.Server;
using TPacket.Server.Tests.Rules;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>Tally rules that store their state after every eighth event.</summary>
internal sealed class CheckpointedTallyRules : TallyRules
{
    /// <summary>Whether to allow computing a state from the first event.</summary>
    public bool MayStart { get; init; } = true;

    public override bool ReadsPresence => false;

    public override int CheckpointEvents => 8;

    public override Tally Start(RulesStart start) => MayStart ? base.Start(start) : throw new InvalidOperationException("The state was computed from the first event.");
}
