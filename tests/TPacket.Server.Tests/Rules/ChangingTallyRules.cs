using System.Text;

namespace TPacket.Server.Tests.Rules;

/// <summary>Members see what was added, where that is all.</summary>
internal sealed class ChangingTallyRules : TallyRules
{
    public override bool ReadsPresence => false;

    public override byte[] View(Tally state, int viewer) => Encoding.UTF8.GetBytes($"sum {state.Sum}");

    public override byte[]? Change(Tally before, in RulesEvent<TallyEvent> happened, Tally after, int viewer) =>
        happened.Event is TallyEvent.Added added ? Encoding.UTF8.GetBytes($"{before.Sum} + {added.Number} = {after.Sum}") : null;
}
