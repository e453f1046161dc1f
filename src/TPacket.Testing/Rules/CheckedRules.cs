using System.Diagnostics.CodeAnalysis;
using TPacket.Server;

namespace TPacket.Testing.Rules;

/// <summary>
/// Wraps rules and checks whether they are pure. The class repeats each call with the same arguments, and with
/// a state that was written and read back. All calls must return the same result and must not change the state.
/// </summary>
/// <param name="rules">The rules to check.</param>
/// <param name="findings">Receives the faults.</param>
/// <param name="checkpointEvents">The number of events after which the state is written.</param>
internal sealed class CheckedRules<TState, TCommand, TEvent>(RoomRules<TState, TCommand, TEvent> rules, RulesFindings findings, int checkpointEvents)
    : RoomRules<TState, TCommand, TEvent>(rules.Name, rules.Version, rules.Serializer)
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    public override int OldestVersion => rules.OldestVersion;

    public override bool ReadsPresence => rules.ReadsPresence;

    public override int CheckpointEvents => checkpointEvents;

    public override TState Start(RulesStart start)
    {
        var state = rules.Start(start);
        findings.Expect(Write(state), Write(rules.Start(start)), "Start gives two states for the same room.");
        return state;
    }

    public override TState Evolve(TState state, in RulesEvent<TEvent> happened)
    {
        var before = Write(state);
        var after = rules.Evolve(state, happened);
        var written = Write(after);
        ExpectUnchanged(state, before, nameof(Evolve));
        findings.Expect(written, Write(rules.Evolve(state, happened)), $"Evolve gives two states for the same state and event ({Describe(happened)}): it depends on something else.");
        if (TryRestore(before, out var restored))
            findings.Expect(written, Write(rules.Evolve(restored, happened)), $"Evolve gives another state for the same event ({Describe(happened)}) after the previous state was written and read back, as from a checkpoint.");
        return after;
    }

    public override Decision<TEvent> Decide(TState state, TCommand command, RoomMember who, DateTimeOffset time) =>
        Decide(state, nameof(Decide), its => rules.Decide(its, command, who, time));

    public override RulesWork? WorkOf(TState state, DateTimeOffset time)
    {
        var before = Write(state);
        var work = rules.WorkOf(state, time);
        ExpectUnchanged(state, before, nameof(WorkOf));
        if (!Equals(work?.Key, rules.WorkOf(state, time)?.Key))
            findings.Report($"WorkOf returns work with two different keys for the same state and time (one: {work?.Key}).");
        return work;
    }

    public override Decision<TEvent> Wake(TState state, DateTimeOffset time) => Wake(state, time, null);

    public override Decision<TEvent> Wake(TState state, DateTimeOffset time, object? result)
    {
        // The work is repeated for each call, and its result must be the same.
        var decision = Decide(state, nameof(Wake), its => rules.Wake(its, time, ReferenceEquals(its, state) ? result : rules.WorkOf(its, time)?.Run()));
        var named = rules.WakeAt(state);
        if (decision.IsRefused)
            findings.Report($"Wake refuses ({decision.Refusal}), although there is no command. It must return an event that changes WakeAt ({named:O}).");
        else if (decision.Events.Count == 0)
            findings.Report($"Wake decides nothing at {time:O}, although WakeAt has returned {named:O}. It must return an event that changes WakeAt.");
        var after = state;
        foreach (var decided in decision.Events)
            after = rules.Evolve(after, new RulesEvent<TEvent> { Event = decided, Kind = RoomEventKind.Packet, Time = time, Version = Version });
        if (decision.Events.Count > 0 && rules.WakeAt(after) == named)
            findings.Report($"The events of Wake leave WakeAt where it was ({named:O}): the room would be woken again and again.");
        return decision;
    }

    public override DateTimeOffset? WakeAt(TState state)
    {
        var time = rules.WakeAt(state);
        if (time != rules.WakeAt(state))
            findings.Report("WakeAt returns two times for the same state.");
        return time;
    }

    public override bool IsFinished(TState state) => rules.IsFinished(state);

    public override int ViewerOf(TState state, RoomMember member) => rules.ViewerOf(state, member);

    public override byte[] View(TState state, int viewer)
    {
        var before = Write(state);
        var view = rules.View(state, viewer);
        ExpectUnchanged(state, before, nameof(View));
        findings.Expect(view, rules.View(state, viewer), "View gives two views of the same state.");
        return view;
    }

    public override byte[]? Change(TState before, in RulesEvent<TEvent> happened, TState after, int viewer)
    {
        var (writtenBefore, writtenAfter) = (Write(before), Write(after));
        var change = rules.Change(before, happened, after, viewer);
        ExpectUnchanged(before, writtenBefore, nameof(Change));
        ExpectUnchanged(after, writtenAfter, nameof(Change));
        return change;
    }

    public override byte[] WriteState(TState state) => rules.WriteState(state);

    public override bool TryReadState(int version, ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out TState state) => rules.TryReadState(version, data, out state);

    private static string Describe(in RulesEvent<TEvent> happened) => happened.Event?.ToString() ?? happened.Kind.ToString();

    private Decision<TEvent> Decide(TState state, string name, Func<TState, Decision<TEvent>> decide)
    {
        var before = Write(state);
        var decision = decide(state);
        ExpectUnchanged(state, before, name);
        foreach (var decided in decision.Events)
            ExpectReadable(decided);
        ExpectSame(decision, decide(state), $"{name} decides differently about the same arguments: it depends on something else.");
        if (TryRestore(before, out var restored))
            ExpectSame(decision, decide(restored), $"{name} decides differently after the state was written and read back, as from a checkpoint.");
        return decision;
    }

    private void ExpectSame(in Decision<TEvent> one, in Decision<TEvent> other, string fault)
    {
        if ((one.Refusal, one.Code, one.NotAfter, one.Events.Count) != (other.Refusal, other.Code, other.NotAfter, other.Events.Count))
            findings.Report($"{fault}\n  one:   {Describe(one)}\n  other: {Describe(other)}");
        for (var i = 0; i < Math.Min(one.Events.Count, other.Events.Count); i++)
            findings.Expect(Bytes(one.Events[i]), Bytes(other.Events[i]), fault);
    }

    private static string Describe(in Decision<TEvent> decision) => decision.IsRefused ? $"refused: {decision.Refusal}" : $"[{string.Join(", ", decision.Events)}]";

    /// <summary>Checks that the serializer reads an event back without loss, as every server must.</summary>
    private void ExpectReadable(TEvent decided)
    {
        var written = Bytes(decided);
        if (!Serializer.TryDeserialize<TEvent>(written, out var read) || read.GetType() != decided.GetType())
            findings.Report($"The serializer cannot read back the event {decided}. It has written: {RulesFindings.Text(written)}");
        else if (findings.Expect(written, Bytes(read), $"The event {decided} differs after it was written and read back.") && !read.Equals(decided) && read.ToString() != decided.ToString())
            findings.Report($"The event {decided} is {read} after it was written and read back: {RulesFindings.Text(written)}");
    }

    private void ExpectUnchanged(TState state, byte[] before, string name) => findings.Expect(before, Write(state), $"{name} changes the state that it was given.");

    private bool TryRestore(byte[] written, [MaybeNullWhen(false)] out TState state)
    {
        if (!rules.TryReadState(Version, written, out state))
            findings.Report($"TryReadState cannot read the output of WriteState: {RulesFindings.Text(written)}");
        else if (findings.Expect(written, Write(state), "The state differs after it was written and read back."))
            return true;
        return false;
    }

    // A copy, because rules may reuse their buffer.
    private byte[] Write(TState state) => [.. rules.WriteState(state)];
}
