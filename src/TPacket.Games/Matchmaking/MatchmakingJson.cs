using System.Text.Json.Serialization;
using TPacket.Games.Serialization;

namespace TPacket.Games.Matchmaking;

/// <summary>The JSON of matchmaking.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(GameJson.Word<MatchmakingVerb>)])]
[JsonSerializable(typeof(MatchmakingAction))]
[JsonSerializable(typeof(MatchmakingState))]
[JsonSerializable(typeof(MatchmakingViewJson))]
internal sealed partial class MatchmakingJson : JsonSerializerContext;
