using System.Text.Json.Serialization;

namespace Checkers.Games;

/// <summary>Moves and views of the games as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(CheckersView))]
[JsonSerializable(typeof(HandsView))]
internal sealed partial class GamesJson : JsonSerializerContext;
