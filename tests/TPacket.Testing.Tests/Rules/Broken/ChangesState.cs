using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Evolve changes the state in place.</summary>
public sealed class ChangesState : NameRules
{
    public override Names Evolve(Names state, in RulesEvent<NameEvent> happened)
    {
        if (happened.Event is { } toggled)
            Toggle(state, toggled.Name);
        return state;
    }
}
