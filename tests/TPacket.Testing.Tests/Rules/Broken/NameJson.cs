using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules.Broken;

[JsonSerializable(typeof(Names))]
[JsonSerializable(typeof(NameEvent))]
internal sealed partial class NameJson : JsonSerializerContext;
