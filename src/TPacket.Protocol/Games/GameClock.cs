using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>The time control of a game, the same for each seat. A seat that runs out of time loses.</summary>
/// <param name="Kind">How time runs.</param>
/// <param name="Milliseconds">Time of a seat in milliseconds, 100 or more: for all its moves, or for each move with <see cref="GameClockKind.EachMove"/>.</param>
/// <param name="StepMilliseconds">Increment or delay of a move in milliseconds; 0 for kinds that have neither.</param>
public sealed record GameClock(GameClockKind Kind, long Milliseconds, long StepMilliseconds = 0)
{
    /// <summary>The longest time and the longest step: 30 days.</summary>
    public const long MaxMilliseconds = 30L * 24 * 60 * 60 * 1000;

    /// <summary>
    /// Whether the time is 100 ms to 30 days and the step is one that the kind allows: 0 to 30 days for an increment or a delay, 0 for other kinds.
    /// </summary>
    [JsonIgnore]
    public bool IsValid => Enum.IsDefined(Kind) && Milliseconds is >= 100 and <= MaxMilliseconds
        && (Kind is GameClockKind.Increment or GameClockKind.Delay ? StepMilliseconds is >= 0 and <= MaxMilliseconds : StepMilliseconds == 0);

    /// <summary>Creates a clock with one time for all moves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The clock is not valid (<see cref="IsValid"/>).</exception>
    public static GameClock SuddenDeath(TimeSpan time) => Valid(GameClockKind.SuddenDeath, time);

    /// <summary>Creates a clock with one time for all moves, to which each move adds <paramref name="increment"/>.</summary>
    /// <inheritdoc cref="SuddenDeath"/>
    public static GameClock Increment(TimeSpan time, TimeSpan increment) => Valid(GameClockKind.Increment, time, increment, nameof(increment));

    /// <summary>Creates a clock with one time for all moves. In each turn, the time begins to run after <paramref name="delay"/>.</summary>
    /// <inheritdoc cref="SuddenDeath"/>
    public static GameClock Delay(TimeSpan time, TimeSpan delay) => Valid(GameClockKind.Delay, time, delay, nameof(delay));

    /// <summary>Creates a clock with the same time for each move.</summary>
    /// <inheritdoc cref="SuddenDeath"/>
    public static GameClock EachMove(TimeSpan time) => Valid(GameClockKind.EachMove, time);

    private static GameClock Valid(GameClockKind kind, TimeSpan time, TimeSpan step = default, string stepName = "")
    {
        var clock = new GameClock(kind, (long)time.TotalMilliseconds, (long)step.TotalMilliseconds);
        if (clock.IsValid)
            return clock;
        throw clock with { StepMilliseconds = 0 } is { IsValid: true }
            ? new ArgumentOutOfRangeException(stepName, step, $"The {stepName} is 0 to 30 days.")
            : new ArgumentOutOfRangeException(nameof(time), time, "The time is 100 ms to 30 days.");
    }
}
