namespace TPacket.Server.Tests.Rules;

/// <summary>Have finished at a sum.</summary>
internal sealed class FinishingTallyRules : TallyRules
{
    public const int Last = 40;

    public override bool ReadsPresence => false;

    public override bool IsFinished(Tally state) => state.Sum >= Last;
}
