using System.Text.Json.Serialization;

namespace TPacket.Testing.Tests.Rules;

[JsonDerivedType(typeof(Ask), "ask")]
[JsonDerivedType(typeof(Vote), "vote")]
[JsonDerivedType(typeof(Withdraw), "withdraw")]
public abstract record PollCommand;

/// <summary>Begins a poll, where none is open.</summary>
public sealed record Ask(string Question, int Options, int Seconds) : PollCommand;

public sealed record Vote(int Option) : PollCommand;

public sealed record Withdraw : PollCommand;
