namespace TPacket.Server.Tests.Rules;

/// <summary>Decide when they are woken, but want to be woken still.</summary>
internal sealed class StuckTallyRules : TallyRules
{
    public override bool ReadsPresence => false;

    public override Decision<TallyEvent> Wake(Tally state, DateTimeOffset time) => new TallyEvent.Added(1);
}
