using System.Text.Json.Serialization;

namespace TPacket.Stores.Tests.Rules;

[JsonSerializable(typeof(PollCommand))]
[JsonSerializable(typeof(PollEvent))]
[JsonSerializable(typeof(PollState))]
internal sealed partial class PollJson : JsonSerializerContext;
