using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Evolve sorts names into buckets by their hash codes, which are others in each process.</summary>
public sealed class HashCodeOfString : NameRules
{
    public override Names Evolve(Names state, in RulesEvent<NameEvent> happened) =>
        happened.Event is { } named ? new Names { First = $"bucket {named.Name.GetHashCode(StringComparison.Ordinal) % 100}" } : state;
}
