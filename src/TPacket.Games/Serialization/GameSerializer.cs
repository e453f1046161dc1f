using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TPacket.Server;

namespace TPacket.Games.Serialization;

/// <summary>Reads and writes the JSON of actions and states. The game's own context reads and writes the moves in them.</summary>
internal sealed class GameSerializer<TMove> : IPayloadSerializer
    where TMove : notnull
{
    private readonly JsonTypeInfo<TMove> _move;

    public GameSerializer(JsonSerializerOptions options) => _move = (JsonTypeInfo<TMove>)options.GetTypeInfo(typeof(TMove));

    public void Serialize<T>(IBufferWriter<byte> destination, T value)
    {
        if (value is not GameAction<TMove> action)
            throw new NotSupportedException($"A game serializes its actions, not {typeof(T)}.");
        using var writer = new Utf8JsonWriter(destination);
        var json = new GameActionJson(action) { Move = action is { Verb: GameVerb.Move, Move: { } move } ? ToJson(move) : null };
        JsonSerializer.Serialize(writer, json, GameJson.Default.GameActionJson);
    }

    public bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (typeof(T) != typeof(GameAction<TMove>))
            return false;
        try
        {
            if (JsonSerializer.Deserialize(data.Span, GameJson.Default.GameActionJson) is { } json)
                value = (T)(object)new GameAction<TMove>(json, json.Verb == GameVerb.Move ? ToMove(json.Move) : default);
            return value is not null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    public byte[] WriteState<TBoard>(GameState<TBoard, TMove> state)
        where TBoard : class
    {
        var json = new GameStateJson(state) { Moves = [.. state.Moves.Select(played => new PlayedMoveJson(played.Seat, ToJson(played.Move), played.Time))] };
        return JsonSerializer.SerializeToUtf8Bytes(json, GameJson.Default.GameStateJson);
    }

    public bool TryReadState<TBoard>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out GameState<TBoard, TMove>? state)
        where TBoard : class
    {
        state = null;
        try
        {
            if (JsonSerializer.Deserialize(data.Span, GameJson.Default.GameStateJson) is { } json)
                state = new GameState<TBoard, TMove>(json) { Moves = [.. json.Moves.Select(played => new PlayedMove<TMove>(played.Seat, ToMove(played.Move), played.Time))] };
            return state is not null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    private JsonElement ToJson(TMove move) => JsonSerializer.SerializeToElement(move, _move);

    private TMove ToMove(JsonElement? json) => json is { } element && element.Deserialize(_move) is { } move ? move : throw new JsonException("The move is missing.");
}
