using System.Text.Json.Serialization;

namespace Checkers.Web;

/// <summary>The JSON serialization of the list of games and of replays.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ListedGame))]
[JsonSerializable(typeof(GameListView))]
[JsonSerializable(typeof(ShownGame[]))]
internal sealed partial class WebJson : JsonSerializerContext;
