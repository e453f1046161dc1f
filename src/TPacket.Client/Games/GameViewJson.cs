using System.Collections.Immutable;
using System.Text.Json;
using TPacket.Games;

namespace TPacket.Client.Games;

/// <summary>The JSON of a view of a game.</summary>
internal sealed record GameViewJson(GamePhase Phase, int Game, int? You, int Moves, ImmutableArray<GameViewJson.SeatJson> Seats, GameClock? Clock, string? SetUp, GameResultView? Result, JsonElement? Board)
{
    internal sealed record SeatJson(int? User, string? Nick, string? Bot, bool Away, bool Ready, bool ToMove, int? ReservedFor, GameOffer[]? Offers, long? Left, long? Since)
    {
        public GameSeatView ToView() => new()
        {
            User = User,
            Nick = Nick,
            Bot = Bot,
            IsAway = Away,
            IsReady = Ready,
            IsToMove = ToMove,
            ReservedFor = ReservedFor,
            Offers = Offers?.Aggregate(GameOffer.None, static (all, offer) => all | offer) ?? GameOffer.None,
            Left = Left is { } left ? TimeSpan.FromMilliseconds(left) : null,
            Since = Since is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null,
        };
    }
}
