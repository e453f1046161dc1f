using System.Text.Json;
using System.Text.Json.Serialization;

namespace TPacket.Games.Tests.Chaos;

/// <summary>Boards as they are, and moves.</summary>
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(string))]
internal sealed partial class ChaosJson : JsonSerializerContext;
