using System.Text.Json.Serialization;

namespace TPacket.AspNetCore.Admin;

/// <summary>The JSON format of the API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AdminServers))]
[JsonSerializable(typeof(AdminRooms))]
[JsonSerializable(typeof(AdminConnections))]
[JsonSerializable(typeof(AdminAction))]
[JsonSerializable(typeof(AdminDone))]
[JsonSerializable(typeof(AdminError))]
internal sealed partial class AdminJson : JsonSerializerContext;
