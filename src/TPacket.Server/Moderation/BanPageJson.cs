using System.Text.Json.Serialization;
using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>The JSON format of bans and mutes on the wire (docs/protocol.md, Moderation).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Sanction))]
internal sealed partial class BanPageJson : JsonSerializerContext;
