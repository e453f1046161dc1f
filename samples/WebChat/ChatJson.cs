using System.Text.Json.Serialization;

namespace WebChat;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RoomSummary[]))]
internal sealed partial class ChatJson : JsonSerializerContext;
