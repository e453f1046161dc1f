using System.Text.Json.Serialization;

namespace TPacket.Server.Moderation;

/// <summary>The JSON format of bans and mutes in the log.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModerationChange))]
[JsonSerializable(typeof(ModerationState))]
internal sealed partial class ModerationJson : JsonSerializerContext;
