using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>The clock of a game: each seat has the same. A seat that does not move in time loses.</summary>
/// <param name="Kind">How time runs.</param>
/// <param name="Milliseconds">The time of a seat for all moves, or for each move.</param>
/// <param name="StepMilliseconds">The increment or the delay of a move; else 0.</param>
public sealed record GameClock(GameClockKind Kind, long Milliseconds, long StepMilliseconds = 0)
{
    /// <summary>The longest time, and the longest step: 30 days.</summary>
    public const long MaxMilliseconds = 30L * 24 * 60 * 60 * 1000;

    /// <summary>Whether the times are between a tenth of a second and 30 days, and there is a step only where the kind has one.</summary>
    [JsonIgnore]
    public bool IsValid => Enum.IsDefined(Kind) && Milliseconds is >= 100 and <= MaxMilliseconds
        && (Kind is GameClockKind.Increment or GameClockKind.Delay ? StepMilliseconds is >= 0 and <= MaxMilliseconds : StepMilliseconds == 0);

    /// <summary>A time for all moves.</summary>
    public static GameClock SuddenDeath(TimeSpan time) => Valid(GameClockKind.SuddenDeath, time, default);

    /// <summary>A time for all moves, and more for each move.</summary>
    public static GameClock Increment(TimeSpan time, TimeSpan increment) => Valid(GameClockKind.Increment, time, increment);

    /// <summary>A time for all moves that begins to run a while after the turn.</summary>
    public static GameClock Delay(TimeSpan time, TimeSpan delay) => Valid(GameClockKind.Delay, time, delay);

    /// <summary>A time for each move.</summary>
    public static GameClock EachMove(TimeSpan time) => Valid(GameClockKind.EachMove, time, default);

    private static GameClock Valid(GameClockKind kind, TimeSpan time, TimeSpan step)
    {
        var clock = new GameClock(kind, (long)time.TotalMilliseconds, (long)step.TotalMilliseconds);
        return clock.IsValid ? clock : throw new ArgumentOutOfRangeException(nameof(time), time, "The time is 100 ms to 30 days.");
    }
}
