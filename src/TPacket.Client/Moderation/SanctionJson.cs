using System.Text.Json.Serialization;
using TPacket.Protocol;

namespace TPacket.Client.Moderation;

/// <summary>The JSON of the reply to LIST_BANS.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Sanction[]))]
internal sealed partial class SanctionJson : JsonSerializerContext;
