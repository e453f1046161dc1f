using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TPacket.Server;

namespace TPacket.Games.Serialization;

/// <summary>Writes actions and states of games as JSON. The moves in them are written by the game's own context.</summary>
internal sealed class GameSerializer<TMove> : IPayloadSerializer
    where TMove : notnull
{
    private readonly JsonTypeInfo<TMove> _move;

    public GameSerializer(JsonSerializerOptions options) => _move = (JsonTypeInfo<TMove>)options.GetTypeInfo(typeof(TMove));

    public void Serialize<T>(IBufferWriter<byte> destination, T value)
    {
        if (value is not GameAction<TMove> action)
            throw new NotSupportedException($"A game does not write {typeof(T)}.");
        using var writer = new Utf8JsonWriter(destination);
        JsonSerializer.Serialize(writer, ToJson(action), GameJson.Default.GameActionJson);
    }

    public bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (typeof(T) != typeof(GameAction<TMove>))
            return false;
        try
        {
            if (JsonSerializer.Deserialize(data.Span, GameJson.Default.GameActionJson) is not { } json || !TryRead(json, out var action))
                return false;
            value = (T)(object)action;
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    public byte[] WriteState<TBoard>(GameState<TBoard, TMove> state)
        where TBoard : class
    {
        var json = new GameStateJson
        {
            Seed = state.Seed,
            AreSeatsFixed = state.AreSeatsFixed,
            Phase = state.Phase,
            Number = state.Number,
            Seats = [.. state.Seats],
            Moves = [.. state.Moves.Select(played => new PlayedMoveJson(played.Seat, JsonSerializer.SerializeToElement(played.Move, _move), played.Time))],
            SetUp = state.SetUp,
            Clock = state.Clock,
            Result = state.Result,
        };
        return JsonSerializer.SerializeToUtf8Bytes(json, GameJson.Default.GameStateJson);
    }

    public bool TryReadState<TBoard>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out GameState<TBoard, TMove>? state)
        where TBoard : class
    {
        state = null;
        try
        {
            if (JsonSerializer.Deserialize(data.Span, GameJson.Default.GameStateJson) is not { } json)
                return false;
            state = new GameState<TBoard, TMove>(json.Seed)
            {
                AreSeatsFixed = json.AreSeatsFixed,
                Phase = json.Phase,
                Number = json.Number,
                Seats = [.. json.Seats],
                Moves = [.. json.Moves.Select(played => new PlayedMove<TMove>(played.Seat, played.Move.Deserialize(_move) ?? throw new JsonException("A move is null."), played.Time))],
                SetUp = json.SetUp,
                Clock = json.Clock,
                Result = json.Result,
            };
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    private GameActionJson ToJson(GameAction<TMove> action) => new()
    {
        Do = action.Verb,
        Seat = action.Seat,
        Move = action.Verb == GameVerb.Move && action.Move is { } move ? JsonSerializer.SerializeToElement(move, _move) : null,
        At = action.At,
        Lag = action.Lag,
        Offer = action.Offer,
        Text = action.Text,
        Clock = action.Clock,
        User = action.User,
        Level = action.Level,
    };

    private bool TryRead(GameActionJson json, [NotNullWhen(true)] out GameAction<TMove>? action)
    {
        action = null;
        var move = default(TMove);
        if (json.Do == GameVerb.Move && (json.Move is not { } element || (move = element.Deserialize(_move)) is null))
            return false;
        action = new GameAction<TMove>
        {
            Verb = json.Do,
            Seat = json.Seat,
            Move = move,
            At = json.At,
            Lag = json.Lag,
            Offer = json.Offer,
            Text = json.Text,
            Clock = json.Clock,
            User = json.User,
            Level = json.Level,
        };
        return true;
    }
}
