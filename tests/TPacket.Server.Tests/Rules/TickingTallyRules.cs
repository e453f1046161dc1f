namespace TPacket.Server.Tests.Rules;

/// <summary>Want to be woken each second for a while, and after a pause once more each.</summary>
internal sealed class TickingTallyRules(DateTimeOffset start) : TallyRules
{
    public const int Ticks = 10;

    /// <summary>Longer than the time after which a wake-up that has failed is tried again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(3);

    public override DateTimeOffset? WakeAt(Tally state) => start.AddSeconds(Math.Min(state.Wakes + 1, Ticks)) + (Math.Max(0, state.Wakes + 1 - Ticks) * Pause);
}
