using System.Text.Json.Serialization;

namespace TPacket.Server.Cluster;

/// <summary>Requests and responses as JSON. A server ignores properties of another version that it does not know.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ClusterRequest))]
[JsonSerializable(typeof(ClusterResponse))]
internal sealed partial class ClusterJson : JsonSerializerContext;
