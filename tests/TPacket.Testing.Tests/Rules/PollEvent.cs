using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules;

[JsonDerivedType(typeof(Asked), "asked")]
[JsonDerivedType(typeof(Voted), "voted")]
[JsonDerivedType(typeof(Withdrawn), "withdrawn")]
[JsonDerivedType(typeof(Closed), "closed")]
public abstract record PollEvent;

public sealed record Asked(string Question, int Options, DateTimeOffset ClosesAt) : PollEvent;

public sealed record Voted(int Option) : PollEvent;

public sealed record Withdrawn : PollEvent;

public sealed record Closed : PollEvent;
