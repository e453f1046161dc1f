using System.Text.Json.Serialization;

namespace TPacket.Server.Tests.Rules;

[JsonSerializable(typeof(Tally))]
[JsonSerializable(typeof(TallyCommand))]
[JsonSerializable(typeof(TallyEvent))]
internal sealed partial class TallyJson : JsonSerializerContext;
