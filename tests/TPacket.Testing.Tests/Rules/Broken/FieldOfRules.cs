using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Decide keeps something in a field for Evolve: the rules of other nodes do not have it.</summary>
public sealed class FieldOfRules : PollRules
{
    private int _asked;

    public override Decision<PollEvent> Decide(PollState state, PollCommand command, RoomMember who, DateTimeOffset time)
    {
        if (command is Ask)
            _asked = who.Id;
        return base.Decide(state, command, who, time);
    }

    public override PollState Evolve(PollState state, in RulesEvent<PollEvent> happened) =>
        happened.Event is Asked asked ? base.Evolve(state, happened) with { Question = $"{asked.Question} ({_asked})" } : base.Evolve(state, happened);
}
