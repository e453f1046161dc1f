using System.Text.Json.Serialization;

namespace TPacket.Server.Moderation;

/// <summary>The JSON format of bans and mutes on the wire (docs/protocol.md, Moderation).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModerationEntry))]
internal sealed partial class BanPageJson : JsonSerializerContext;
