using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>The event of Wake does not move the time.</summary>
public sealed class WakesForever : PollRules
{
    public override Decision<PollEvent> Wake(PollState state, DateTimeOffset time) => new Withdrawn();

    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) => happened.Member is null ? state : base.Evolve(state, happened);
}
