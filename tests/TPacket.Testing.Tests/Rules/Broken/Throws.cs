using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Evolve throws for a member that leaves.</summary>
public sealed class Throws : PollRules
{
    public override bool ReadsPresence => true;

    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) =>
        happened.Kind == RoomEventKind.Left ? throw new InvalidOperationException("Nobody leaves.") : base.Evolve(state, happened);
}
