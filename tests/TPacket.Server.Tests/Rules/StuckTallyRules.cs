namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that decide at a wake-up and still request a wake-up at the same time.</summary>
internal sealed class StuckTallyRules : TallyRules
{
    public override bool ReadsPresence => false;

    public override Decision<TallyEvent> Wake(Tally state, DateTimeOffset time) => new TallyEvent.Added(1);
}
