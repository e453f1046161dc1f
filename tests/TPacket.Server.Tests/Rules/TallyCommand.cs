using System.Text.Json.Serialization;

namespace TPacket.Server.Tests.Rules;

/// <summary>The commands of <see cref="TallyRules"/>.</summary>
[JsonDerivedType(typeof(Add), "add")]
[JsonDerivedType(typeof(AddTwice), "twice")]
[JsonDerivedType(typeof(Keep), "keep")]
[JsonDerivedType(typeof(WakeIn), "wake")]
[JsonDerivedType(typeof(DoNothing), "nothing")]
[JsonDerivedType(typeof(FailAt), "fail")]
public abstract record TallyCommand
{
    /// <summary>Adds a number, as long as the sum stays below 100.</summary>
    public sealed record Add(int Number) : TallyCommand;

    /// <summary>Adds two numbers, by two events.</summary>
    public sealed record AddTwice(int First, int Second) : TallyCommand;

    /// <summary>Stores a number that no other user sees.</summary>
    public sealed record Keep(int Secret) : TallyCommand;

    /// <summary>Requests a wake-up.</summary>
    public sealed record WakeIn(int Milliseconds) : TallyCommand;

    /// <summary>Decides nothing.</summary>
    public sealed record DoNothing : TallyCommand;

    /// <summary>Makes a method of the rules throw.</summary>
    public sealed record FailAt(string Member) : TallyCommand;
}
