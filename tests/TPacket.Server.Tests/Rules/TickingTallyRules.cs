namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that request a wake-up each second for a while, and again after a pause.</summary>
internal sealed class TickingTallyRules(DateTimeOffset start) : TallyRules
{
    public const int Ticks = 10;

    /// <summary>Longer than the retry delay of a failed wake-up.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(3);

    public override DateTimeOffset? WakeAt(Tally state) => start.AddSeconds(Math.Min(state.Wakes + 1, Ticks)) + (Math.Max(0, state.Wakes + 1 - Ticks) * Pause);
}
