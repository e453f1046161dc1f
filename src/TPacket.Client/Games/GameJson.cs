using System.Text.Json;
using System.Text.Json.Serialization;
using TPacket.Games;

namespace TPacket.Client.Games;

/// <summary>The JSON of games and matchmaking: names in camel case, enums as words. Unknown properties are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Word<GamePhase>), typeof(Word<GameOffer>), typeof(Word<GameClockKind>)])]
[JsonSerializable(typeof(GameActionJson))]
[JsonSerializable(typeof(GameViewJson))]
[JsonSerializable(typeof(GameReplayJson))]
[JsonSerializable(typeof(MatchmakingView))]
internal sealed partial class GameJson : JsonSerializerContext
{
    /// <summary>An enum as a word in camel case.</summary>
    internal sealed class Word<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where TEnum : struct, Enum;
}
