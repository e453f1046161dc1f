using TPacket.Server;
using TPacket.Server.Tests.Rules;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>The second version of the rules. Additions count ten times.</summary>
internal sealed class UpgradedTallyRules() : TallyRules(version: 2)
{
    public override int OldestVersion => 1;

    public override Tally Evolve(Tally state, in RulesEvent<TallyEvent> happened) => happened is { Version: 2, Event: TallyEvent.Added added }
        ? state with { Sum = state.Sum + (10 * added.Number) }
        : base.Evolve(state, happened);
}
