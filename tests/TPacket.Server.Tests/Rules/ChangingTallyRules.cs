using System.Text;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules with an incremental view: members see the added number, where nothing else has changed.</summary>
internal sealed class ChangingTallyRules : TallyRules
{
    public override bool ReadsPresence => false;

    public override byte[] View(Tally state, int viewer) => Encoding.UTF8.GetBytes($"sum {state.Sum}");

    public override byte[]? Change(Tally before, in RulesEvent<TallyEvent> happened, Tally after, int viewer) =>
        happened.Event is TallyEvent.Added added ? Encoding.UTF8.GetBytes($"{before.Sum} + {added.Number} = {after.Sum}") : null;
}
