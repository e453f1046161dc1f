namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that finish at a sum.</summary>
internal sealed class FinishingTallyRules : TallyRules
{
    public const int Last = 40;

    private int _written;

    /// <summary>The number of times that a state was written.</summary>
    public int Written => Volatile.Read(ref _written);

    public override bool ReadsPresence => false;

    public override bool IsFinished(Tally state) => state.Sum >= Last;

    public override byte[] View(Tally state, int viewer) => base.WriteState(state);

    public override byte[] WriteState(Tally state)
    {
        Interlocked.Increment(ref _written);
        return base.WriteState(state);
    }
}
