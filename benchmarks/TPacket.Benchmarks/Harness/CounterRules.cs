using System.Text.Json.Serialization;
using TPacket.Server;

namespace TPacket.Benchmarks.Harness;

/// <summary>Small rules: a sum to which members add, and optionally a wake time.</summary>
internal sealed class CounterRules() : RoomRules<CounterRules.Counter, CounterRules.Add, CounterRules.Added>("counter", 1, new JsonPayloadSerializer(CounterJson.Default))
{
    public const int Command = 301;

    /// <summary>Whether rooms have a wake time, which is long after the run.</summary>
    public bool WantsToBeWoken { get; init; }

    public override Counter Start(RulesStart start) => new(0, 0);

    public override Counter Evolve(Counter state, in RulesEvent<Added> happened) => happened.Event is { } added ? new Counter(state.Sum + added.Number, state.Times + 1) : state;

    public override Decision<Added> Decide(Counter state, Add command, RoomMember who, DateTimeOffset time) =>
        command.Number == 0 ? Refuse("Nothing would be added.") : new Added(command.Number);

    public override DateTimeOffset? WakeAt(Counter state) => WantsToBeWoken ? DateTimeOffset.MaxValue.AddYears(-1) : null;

    internal sealed record Counter(long Sum, long Times);

    internal sealed record Add(int Number);

    internal sealed record Added(int Number);
}

[JsonSerializable(typeof(CounterRules.Counter))]
[JsonSerializable(typeof(CounterRules.Add))]
[JsonSerializable(typeof(CounterRules.Added))]
internal sealed partial class CounterJson : JsonSerializerContext;
