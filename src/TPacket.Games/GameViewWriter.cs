using System.Buffers;
using System.Text.Json;

namespace TPacket.Games;

/// <summary>Writes the JSON of views and replays. The JSON never contains the seed, or the session and the quota of a seat.</summary>
internal static class GameViewWriter
{
    private const int MaxBoards = 64;
    private const int MaxReplayBytes = 32 * 1024;
    private static readonly GameOffer[] _offers = [GameOffer.Draw, GameOffer.Takeback, GameOffer.Rematch, GameOffer.Swap];

    /// <summary>Writes the state as a viewer may see it.</summary>
    public static byte[] Write<TBoard, TMove>(GameRules<TBoard, TMove> rules, GameState<TBoard, TMove> state, int viewer)
        where TBoard : class
        where TMove : notnull
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("phase"u8, JsonNamingPolicy.CamelCase.ConvertName(state.Phase.ToString()));
            writer.WriteNumber("game"u8, state.Number);
            if (viewer >= 0)
                writer.WriteNumber("you"u8, viewer);
            writer.WriteNumber("moves"u8, state.Moves.Length);
            WriteSeats(writer, rules, state);
            if (state.Clock is { } clock)
                WriteClock(writer, clock);
            if (state.SetUp is { } setUp)
                writer.WriteString("setUp"u8, setUp);
            if (state.Result is { } result)
                WriteResult(writer, result, state.Seats.Length);
            if (state.Board is { } board)
            {
                writer.WritePropertyName("board"u8);
                writer.WriteRawValue(rules.ViewOf(board, viewer));
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes one page of the game's boards as a viewer may see them.</summary>
    public static byte[] WriteReplay<TBoard, TMove>(GameRules<TBoard, TMove> rules, GameState<TBoard, TMove> state, int viewer, int from)
        where TBoard : class
        where TMove : notnull
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("game"u8, state.Number);
            writer.WriteNumber("moves"u8, state.Moves.Length);
            writer.WriteNumber("from"u8, from);
            writer.WriteStartArray("boards"u8);
            foreach (var (i, board) in rules.Replay(state).Index().Skip(from).Take(MaxBoards))
            {
                writer.WriteRawValue(rules.ViewOf(board, viewer));
                if (writer.BytesCommitted + writer.BytesPending > MaxReplayBytes)
                    break;
            }

            writer.WriteEndArray();
            if (state.Phase is GamePhase.Over or GamePhase.Closed && rules.Export(state) is { } text)
                writer.WriteString("text"u8, text);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSeats<TBoard, TMove>(Utf8JsonWriter writer, GameRules<TBoard, TMove> rules, GameState<TBoard, TMove> state)
        where TBoard : class
        where TMove : notnull
    {
        writer.WriteStartArray("seats"u8);
        for (var i = 0; i < state.Seats.Length; i++)
        {
            var seat = state.Seats[i];
            writer.WriteStartObject();
            if (seat.Session != 0)
            {
                writer.WriteNumber("user"u8, seat.User);
                writer.WriteString("nick"u8, seat.Nick);
            }

            WriteFlag(writer, "away"u8, seat.IsAway);
            WriteFlag(writer, "ready"u8, seat.IsReady);
            WriteFlag(writer, "toMove"u8, state.Phase == GamePhase.Running && rules.IsToMove(state.Board!, i));
            if (seat.Bot is { } bot)
                writer.WriteString("bot"u8, bot);
            if (seat.ReservedFor != 0)
                writer.WriteNumber("reservedFor"u8, seat.ReservedFor);
            if (seat.Offers != GameOffer.None)
                WriteOffers(writer, seat.Offers);
            if (state is { Clock: not null, Number: > 0 })
            {
                writer.WriteNumber("left"u8, seat.Clock.Left);
                if (seat.Clock.Since is { } since)
                    writer.WriteNumber("since"u8, since);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFlag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool value)
    {
        if (value)
            writer.WriteBoolean(name, value);
    }

    private static void WriteOffers(Utf8JsonWriter writer, GameOffer offers)
    {
        writer.WriteStartArray("offers"u8);
        foreach (var offer in _offers)
        {
            if (offers.HasFlag(offer))
                writer.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(offer.ToString()));
        }

        writer.WriteEndArray();
    }

    private static void WriteClock(Utf8JsonWriter writer, GameClock clock)
    {
        writer.WriteStartObject("clock"u8);
        writer.WriteString("kind"u8, JsonNamingPolicy.CamelCase.ConvertName(clock.Kind.ToString()));
        writer.WriteNumber("milliseconds"u8, clock.Milliseconds);
        if (clock.StepMilliseconds != 0)
            writer.WriteNumber("stepMilliseconds"u8, clock.StepMilliseconds);
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, GameResult result, int seats)
    {
        writer.WriteStartObject("result"u8);
        writer.WriteStartArray("winners"u8);
        for (var i = 0; i < seats; i++)
        {
            if (result.IsWinner(i))
                writer.WriteNumberValue(i);
        }

        writer.WriteEndArray();
        writer.WriteString("reason"u8, result.Reason);
        writer.WriteEndObject();
    }
}
