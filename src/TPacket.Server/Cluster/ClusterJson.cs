using System.Text.Json.Serialization;

namespace TPacket.Server.Cluster;

/// <summary>Questions and answers as JSON: servers of another version leave out what they do not know.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ClusterQuestion))]
[JsonSerializable(typeof(ClusterAnswer))]
internal sealed partial class ClusterJson : JsonSerializerContext;
