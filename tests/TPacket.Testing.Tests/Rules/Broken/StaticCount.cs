using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Evolve counts in a static field.</summary>
public sealed class StaticCount : PollRules
{
    private static int _events;

    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) =>
        happened.Event is Asked asked ? base.Evolve(state, happened) with { Question = $"{asked.Question} ({++_events})" } : base.Evolve(state, happened);
}
