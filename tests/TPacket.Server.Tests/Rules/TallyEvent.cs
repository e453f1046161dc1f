using System.Text.Json.Serialization;

namespace TPacket.Server.Tests.Rules;

/// <summary>The events of <see cref="TallyRules"/>.</summary>
[JsonDerivedType(typeof(Added), "added")]
[JsonDerivedType(typeof(Kept), "kept")]
[JsonDerivedType(typeof(Planned), "planned")]
[JsonDerivedType(typeof(Woken), "woken")]
[JsonDerivedType(typeof(Broken), "broken")]
public abstract record TallyEvent
{
    public sealed record Added(int Number) : TallyEvent;

    public sealed record Kept(int Secret) : TallyEvent;

    public sealed record Planned(long At) : TallyEvent;

    public sealed record Woken : TallyEvent;

    public sealed record Broken(string Member) : TallyEvent;
}
