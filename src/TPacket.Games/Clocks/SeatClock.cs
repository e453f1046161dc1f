namespace TPacket.Games;

/// <summary>The clock of one seat. All times are in milliseconds; times of the log count from the Unix epoch.</summary>
/// <param name="Left">The remaining time at the beginning of the turn.</param>
/// <param name="Since">The beginning of the turn by the log's clock; null if it is not the seat's turn.</param>
/// <param name="Quota">The lag for which the server may still compensate.</param>
public readonly record struct SeatClock(long Left, long? Since, long Quota)
{
    // The quota grows with each move; lichess.org uses the same method.
    private const long QuotaGain = 100;
    private const long FirstQuota = 3 * QuotaGain;
    private const long MaxQuota = 7 * QuotaGain;

    internal static SeatClock Full(GameClock clock) => new(clock.Milliseconds, null, FirstQuota);

    /// <summary>Begins the seat's turn.</summary>
    internal SeatClock Begin(GameClock clock, long time) => this with { Left = clock.Kind == GameClockKind.EachMove ? clock.Milliseconds : Left, Since = time };

    /// <summary>Ends the seat's turn without a move of the seat.</summary>
    internal SeatClock End(GameClock clock, long time) => Since is { } since ? this with { Left = Math.Max(0, Left - Used(clock, time - since)), Since = null } : this;

    /// <summary>Ends the seat's turn with its move.</summary>
    internal SeatClock Move(GameClock clock, long time, long lag)
    {
        if (Since is not { } since)
            return this;
        var compensated = Math.Min(Compensated(lag), time - since);
        var left = Math.Max(0, Left - Used(clock, time - since - compensated));
        return new SeatClock(clock.Kind == GameClockKind.Increment ? left + clock.StepMilliseconds : left, null, Math.Min(MaxQuota, Quota + QuotaGain - compensated));
    }

    /// <summary>Returns the last time at which a move with this lag is in time; null if it is not the seat's turn.</summary>
    internal long? Deadline(GameClock clock, long lag) => Since + Left + (clock.Kind == GameClockKind.Delay ? clock.StepMilliseconds : 0) + Compensated(lag);

    /// <summary>Returns the last time at which any move is in time; null if it is not the seat's turn.</summary>
    internal long? Deadline(GameClock clock) => Deadline(clock, long.MaxValue);

    /// <summary>Excludes a downtime of all servers from the turn.</summary>
    internal SeatClock Skip(long downtime, long time) => this with { Since = Since is { } since ? Math.Min(since + downtime, Math.Max(since, time)) : null };

    private long Compensated(long lag) => Math.Clamp(lag, 0, Quota);

    private static long Used(GameClock clock, long elapsed) => Math.Max(0, clock.Kind == GameClockKind.Delay ? elapsed - clock.StepMilliseconds : elapsed);
}
