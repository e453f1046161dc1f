using System.Text.Json;
using System.Text.Json.Serialization;

namespace TPacket.Games.Serialization;

/// <summary>The JSON of games, without boards and moves: names in camel case, enums as words. Unknown properties are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(Word<GameVerb>), typeof(Word<GameOffer>), typeof(Word<GamePhase>), typeof(Word<GameClockKind>)])]
[JsonSerializable(typeof(GameActionJson))]
[JsonSerializable(typeof(GameStateJson))]
internal sealed partial class GameJson : JsonSerializerContext
{
    /// <summary>An enum as a word in camel case.</summary>
    internal sealed class Word<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where TEnum : struct, Enum;
}
