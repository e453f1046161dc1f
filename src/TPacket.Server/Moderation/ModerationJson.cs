using System.Text.Json.Serialization;

namespace TPacket.Server.Moderation;

/// <summary>Bans and mutes as the log of their room keeps them.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModerationChange))]
[JsonSerializable(typeof(ModerationState))]
internal sealed partial class ModerationJson : JsonSerializerContext;
