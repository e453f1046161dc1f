using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>Adds a name to the list, or removes it if the list has it.</summary>
public sealed record NameEvent(string Name)
{
    /// <summary>Not written.</summary>
    [JsonIgnore]
    public int Hidden { get; init; }
}
