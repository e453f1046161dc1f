using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>A name is put on the list, or struck out where it is there.</summary>
public sealed record NameEvent(string Name)
{
    /// <summary>Not written.</summary>
    [JsonIgnore]
    public int Hidden { get; init; }
}
