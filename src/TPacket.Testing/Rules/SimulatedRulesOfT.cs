using System.Buffers;
using TPacket.Server;
using TPacket.Server.Rules.State;

namespace TPacket.Testing.Rules;

/// <inheritdoc cref="SimulatedRules"/>
/// <param name="createRules">Creates an instance of the rules.</param>
/// <param name="drawCommand">Draws a command.</param>
/// <param name="invariants">The invariants, which the run calls for every state.</param>
internal sealed class SimulatedRules<TState, TCommand, TEvent>(
    Func<RoomRules<TState, TCommand, TEvent>> createRules, Func<Random, TState, TCommand> drawCommand, IReadOnlyList<Action<TState>> invariants) : SimulatedRules
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    public const string Room = "simulation";

    private readonly RoomRules<TState, TCommand, TEvent> _rules = createRules();

    public override string Name => _rules.Name;

    public override int Version => _rules.Version;

    public override bool ReadsPresence => _rules.ReadsPresence;

    public override RulesReplica CreateReplica(RulesFindings? findings, int checkpointEvents) =>
        findings is null ? createRules().CreateReplica(Room) : new CheckedRules<TState, TCommand, TEvent>(createRules(), findings, checkpointEvents).CreateReplica(Room);

    public override byte[] DrawCommand(Random random, object state, out string text)
    {
        var command = drawCommand(random, (TState)state);
        text = command.ToString() ?? "";
        var buffer = new ArrayBufferWriter<byte>();
        _rules.Serializer.Serialize(buffer, command);
        return buffer.WrittenSpan.ToArray();
    }

    // A copy, because rules may reuse their buffer.
    public override byte[] Write(object state) => [.. _rules.WriteState((TState)state)];

    public override void CheckInvariant(object state)
    {
        foreach (var invariant in invariants)
            invariant((TState)state);
    }

    public override string Describe(ReadOnlyMemory<byte> happened) => _rules.Serializer.TryDeserialize<TEvent>(happened, out var read) ? read.ToString() ?? "" : RulesFindings.Text(happened.Span);
}
