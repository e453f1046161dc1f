using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules;

[JsonSerializable(typeof(PollCommand))]
[JsonSerializable(typeof(PollEvent))]
[JsonSerializable(typeof(PollState))]
internal sealed partial class PollJson : JsonSerializerContext;
