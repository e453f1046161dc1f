using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Evolve takes the first entry of a hash set. A set from which something was removed has another order than one that was read.</summary>
public sealed class OrderOfHashSet : NameRules
{
    public override Names Evolve(Names state, in RulesEvent<NameEvent> happened)
    {
        if (happened.Event is not { } toggled)
            return state;
        var copy = Copy(state);
        Toggle(copy, toggled.Name);
        copy.First = copy.Entries.FirstOrDefault();
        return copy;
    }
}
