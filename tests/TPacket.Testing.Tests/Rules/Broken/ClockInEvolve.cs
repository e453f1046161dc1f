using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Evolve reads the clock.</summary>
public sealed class ClockInEvolve : PollRules
{
    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) =>
        happened.Event is Asked ? base.Evolve(state, happened) with { ClosesAt = DateTimeOffset.UtcNow.AddMinutes(1) } : base.Evolve(state, happened);
}
