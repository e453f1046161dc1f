using System.Text.Json.Serialization;
using Checkers.Games;
using TPacket.Games;

namespace Checkers.Web;

/// <summary>A game in the list. Instances are compared to detect changes. A move alone is not a change.</summary>
/// <param name="Room">The room.</param>
/// <param name="Number">The number of the game in its room; 0 before the first game.</param>
/// <param name="Phase">The phase, as in views.</param>
/// <param name="Black">The nick of the player with the black pieces; null for nobody or the computer.</param>
/// <param name="BlackBot">The level of the computer with the black pieces; null for none.</param>
/// <param name="White">The nick of the player with the white pieces; null for nobody or the computer.</param>
/// <param name="WhiteBot">The level of the computer with the white pieces; null for none.</param>
/// <param name="Milliseconds">The time of a seat in milliseconds.</param>
/// <param name="StepMilliseconds">The time that a move adds, in milliseconds.</param>
/// <param name="Winner">The seat that has won; null for none.</param>
/// <param name="Reason">The reason for the end; null if the game has not ended.</param>
/// <param name="Pdn">The PDN of a finished game.</param>
internal sealed record ListedGame(
    string Room, int Number, string Phase, string? Black, string? BlackBot, string? White, string? WhiteBot, long Milliseconds, long StepMilliseconds, int? Winner, string? Reason, string? Pdn)
{
    /// <summary>The time of the list's entry, in milliseconds since the Unix epoch.</summary>
    public long Time { get; init; }

    /// <summary>The game without the time, for comparison.</summary>
    [JsonIgnore]
    public ListedGame Timeless => this with { Time = 0 };

    /// <summary>Whether the game has ended and was not aborted.</summary>
    [JsonIgnore]
    public bool IsFinished => Reason is not null and not GameResult.AbortedReason;

    /// <summary>Whether a seat is taken by a member or the computer.</summary>
    [JsonIgnore]
    public bool IsHeld => (Black ?? BlackBot ?? White ?? WhiteBot) is not null;

    public static ListedGame Of(string room, GameState<CheckersBoard, string> state)
    {
        var (black, white) = (state.Seats[0], state.Seats[1]);
        return new ListedGame(room, state.Number, state.Phase == GamePhase.Closed ? "over" : state.Phase.ToString().ToLowerInvariant(), NickOf(black), black.Bot, NickOf(white), white.Bot,
            state.Clock?.Milliseconds ?? 0, state.Clock?.StepMilliseconds ?? 0, state.Result is { Winners: not 0 } result ? result.IsWinner(0) ? 0 : 1 : null, state.Result?.Reason, Pdn: null);
    }

    /// <summary>Returns the game with the players of an earlier state, if they have left their seats since.</summary>
    public ListedGame WithPlayersOf(ListedGame? before) => before?.Number != Number || !IsFinished ? this : this with
    {
        Black = BlackBot is null ? Black ?? before.Black : null,
        White = WhiteBot is null ? White ?? before.White : null,
    };

    private static string? NickOf(GameSeat seat) => seat.User == 0 ? null : seat.Nick;
}
