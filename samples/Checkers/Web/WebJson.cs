using System.Text.Json.Serialization;

namespace Checkers.Web;

/// <summary>The list of games and replays as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ListedGame))]
[JsonSerializable(typeof(GameListView))]
[JsonSerializable(typeof(ShownGame[]))]
internal sealed partial class WebJson : JsonSerializerContext;
