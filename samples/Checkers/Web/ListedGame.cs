using System.Text.Json.Serialization;
using Checkers.Games;
using TPacket.Games;

namespace Checkers.Web;

/// <summary>A game as the list has it. Instances are compared to find out whether something has changed, so a move alone changes nothing.</summary>
/// <param name="Room">The room.</param>
/// <param name="Number">The number of the game in its room; 0 before the first.</param>
/// <param name="Phase">The phase, as views have it.</param>
/// <param name="Black">Who has the black pieces: a nick; null for nobody, or the computer.</param>
/// <param name="BlackBot">The level of the computer that has them.</param>
/// <param name="White">Who has the white pieces.</param>
/// <param name="WhiteBot">The level of the computer that has them.</param>
/// <param name="Milliseconds">The time of a seat.</param>
/// <param name="StepMilliseconds">The time that a move adds.</param>
/// <param name="Winner">The seat that has won; null for none.</param>
/// <param name="Reason">How the game has ended; null where it has not.</param>
/// <param name="Pdn">A game that has ended as PDN.</param>
internal sealed record ListedGame(
    string Room, int Number, string Phase, string? Black, string? BlackBot, string? White, string? WhiteBot, long Milliseconds, long StepMilliseconds, int? Winner, string? Reason, string? Pdn)
{
    /// <summary>When the list has heard of it, in milliseconds since the Unix epoch.</summary>
    public long Time { get; init; }

    /// <summary>The game without the time, to compare.</summary>
    [JsonIgnore]
    public ListedGame Timeless => this with { Time = 0 };

    /// <summary>Whether the game has ended and counts.</summary>
    [JsonIgnore]
    public bool IsFinished => Reason is not null and not GameResult.AbortedReason;

    /// <summary>Whether a member or the computer has a seat.</summary>
    [JsonIgnore]
    public bool IsHeld => (Black ?? BlackBot ?? White ?? WhiteBot) is not null;

    public static ListedGame Of(string room, GameState<CheckersBoard, string> state)
    {
        var (black, white) = (state.Seats[0], state.Seats[1]);
        return new ListedGame(room, state.Number, state.Phase == GamePhase.Closed ? "over" : state.Phase.ToString().ToLowerInvariant(), NickOf(black), black.Bot, NickOf(white), white.Bot,
            state.Clock?.Milliseconds ?? 0, state.Clock?.StepMilliseconds ?? 0, state.Result is { Winners: not 0 } result ? result.IsWinner(0) ? 0 : 1 : null, state.Result?.Reason, Pdn: null);
    }

    /// <summary>The game with the players of an earlier state of it, where they have left their seats since.</summary>
    public ListedGame WithPlayersOf(ListedGame? before) => before?.Number != Number || !IsFinished ? this : this with
    {
        Black = BlackBot is null ? Black ?? before.Black : null,
        White = WhiteBot is null ? White ?? before.White : null,
    };

    private static string? NickOf(GameSeat seat) => seat.User == 0 ? null : seat.Nick;
}
