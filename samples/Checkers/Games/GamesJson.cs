using System.Text.Json.Serialization;

namespace Checkers.Games;

/// <summary>The JSON serialization of moves and views.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(CheckersView))]
[JsonSerializable(typeof(HandsView))]
internal sealed partial class GamesJson : JsonSerializerContext;
