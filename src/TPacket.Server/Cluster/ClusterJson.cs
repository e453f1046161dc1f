using System.Text.Json.Serialization;

namespace TPacket.Server.Cluster;

/// <summary>Questions and answers as JSON. A server ignores properties of another version that it does not know.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ClusterQuestion))]
[JsonSerializable(typeof(ClusterAnswer))]
internal sealed partial class ClusterJson : JsonSerializerContext;
