namespace TPacket.Games;

/// <summary>The time of one seat. All times are milliseconds, those of the log since the Unix epoch.</summary>
/// <param name="Left">The time left when the turn began.</param>
/// <param name="Since">When the turn began; null where it is not the seat's turn.</param>
/// <param name="Quota">The lag that may be compensated.</param>
public readonly record struct SeatClock(long Left, long? Since, long Quota)
{
    // A quota that grows with each move, as lichess has it.
    private const long QuotaGain = 100;
    private const long FirstQuota = 3 * QuotaGain;
    private const long MaxQuota = 7 * QuotaGain;

    internal static SeatClock Full(GameClock clock) => new(clock.Milliseconds, null, FirstQuota);

    /// <summary>The seat's turn begins.</summary>
    internal SeatClock Begin(GameClock clock, long time) => this with { Left = clock.Kind == GameClockKind.EachMove ? clock.Milliseconds : Left, Since = time };

    /// <summary>The seat's turn is over, by no move of its own.</summary>
    internal SeatClock End(GameClock clock, long time) => Since is { } since ? this with { Left = Math.Max(0, Left - Used(clock, time - since)), Since = null } : this;

    /// <summary>The seat moves.</summary>
    internal SeatClock Move(GameClock clock, long time, long lag)
    {
        if (Since is not { } since)
            return this;
        var compensated = Math.Min(Compensated(lag), time - since);
        var left = Math.Max(0, Left - Used(clock, time - since - compensated));
        return new SeatClock(clock.Kind == GameClockKind.Increment ? left + clock.StepMilliseconds : left, null, Math.Min(MaxQuota, Quota + QuotaGain - compensated));
    }

    /// <summary>The last moment at which a move with a lag is in time; null where it is not the seat's turn.</summary>
    internal long? Deadline(GameClock clock, long lag) => Since + Left + (clock.Kind == GameClockKind.Delay ? clock.StepMilliseconds : 0) + Compensated(lag);

    /// <summary>The last moment at which any move is in time.</summary>
    internal long? Deadline(GameClock clock) => Deadline(clock, long.MaxValue);

    /// <summary>Nobody could move for a while.</summary>
    internal SeatClock Skip(long downtime, long time) => this with { Since = Since is { } since ? Math.Min(since + downtime, Math.Max(since, time)) : null };

    private long Compensated(long lag) => Math.Clamp(lag, 0, Quota);

    private static long Used(GameClock clock, long elapsed) => Math.Max(0, clock.Kind == GameClockKind.Delay ? elapsed - clock.StepMilliseconds : elapsed);
}
