using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>The members that have put their name on a list. It is mutable.</summary>
public sealed class Names
{
    public HashSet<string> Entries { get; init; } = [];

    public string? First { get; set; }

    /// <summary>Not written.</summary>
    [JsonIgnore]
    public int Hidden { get; set; }
}
