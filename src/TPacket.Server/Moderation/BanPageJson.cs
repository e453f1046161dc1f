using System.Text.Json.Serialization;

namespace TPacket.Server.Moderation;

/// <summary>Bans and mutes as moderators receive them (docs/protocol.md, Moderation).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModerationEntry))]
internal sealed partial class BanPageJson : JsonSerializerContext;
