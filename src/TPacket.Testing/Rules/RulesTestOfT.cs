using System.Buffers;
using System.Text;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Rules.State;
using TPacket.Testing.Rules;

namespace TPacket.Testing;

/// <summary>
/// A test of rules in one room, without a server: <c>Given</c> applies events, <c>When</c> has the rules decide and applies the decided events,
/// <c>Then</c> compares them with expected events. Commands, events and states pass through the serializer as in a server, and the test checks each call
/// of the rules for purity. The methods throw an xunit exception if they find a difference. Each method returns the same instance. Not thread-safe.
/// </summary>
/// <typeparam name="TState">The state of the rules.</typeparam>
/// <typeparam name="TCommand">Their commands.</typeparam>
/// <typeparam name="TEvent">Their events.</typeparam>
public sealed class RulesTest<TState, TCommand, TEvent>
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    private const int WireCommand = 256;

    private readonly RoomRules<TState, TCommand, TEvent> _rules;
    private readonly RulesReplica _replica;
    private readonly RulesFindings _findings = new();
    private RulesProposal? _decided;
    private long _offset;

    internal RulesTest(RoomRules<TState, TCommand, TEvent> rules, string room, long seed)
    {
        _rules = rules;
        _replica = new CheckedRules<TState, TCommand, TEvent>(rules, _findings, int.MaxValue).CreateReplica(room);
        var named = RoomEvent.Rules(rules.Name, rules.Version, rules.ReadsPresence, seed) with { Time = Time.ToUnixTimeMilliseconds() };
        if (!_replica.TryBegin(new RulesBasis(named, default, rules.Version, null)))
            Assert.Fail("The rules have no initial state.");
        ThrowIfImpure();
    }

    /// <summary>The time, which starts at 2030-01-01 UTC.</summary>
    public DateTimeOffset Time { get; private set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The state after the last event.</summary>
    public TState State => (TState)_replica.State;

    /// <summary>Advances the time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public RulesTest<TState, TCommand, TEvent> After(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        Time += time;
        return this;
    }

    /// <summary>Advances the time to a later time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is earlier than <see cref="Time"/>.</exception>
    public RulesTest<TState, TCommand, TEvent> At(DateTimeOffset time) => After(time - Time);

    /// <summary>Applies earlier events of <see cref="RulesTest.Somebody"/>.</summary>
    public RulesTest<TState, TCommand, TEvent> Given(params TEvent[] events) => Given(RulesTest.Somebody, events);

    /// <summary>Applies earlier events.</summary>
    /// <param name="by">The member who sent the command; null for events of a wake-up.</param>
    /// <param name="events">The events.</param>
    public RulesTest<TState, TCommand, TEvent> Given(RoomMember? by, params TEvent[] events)
    {
        ArgumentNullException.ThrowIfNull(events);
        foreach (var given in events)
        {
            var written = Bytes(given);
            if (!_rules.Serializer.TryDeserialize<TEvent>(written, out var read) || read.GetType() != given.GetType() || !Bytes(read).Span.SequenceEqual(written.Span))
                Assert.Fail($"The serializer cannot read back the event {given}. It has written: {RulesFindings.Text(written.Span)}");
            Apply(RoomEvent.Packet(WireCommand, by?.Id ?? 0, 0, written, by, RoomStream.Rules));
        }

        return this;
    }

    /// <summary>Has a member enter. Only rules that <see cref="RoomRules.ReadsPresence">read presence</see> receive the event.</summary>
    public RulesTest<TState, TCommand, TEvent> GivenEntered(RoomMember member) => Apply(RoomEvent.Joined(member));

    /// <summary>Has a member leave. Only rules that <see cref="RoomRules.ReadsPresence">read presence</see> receive the event.</summary>
    public RulesTest<TState, TCommand, TEvent> GivenLeft(RoomMember member, LeaveCause cause = LeaveCause.Disconnected) => Apply(RoomEvent.Left(member, cause));

    /// <summary>Has a member lose its connection. Only rules that <see cref="RoomRules.ReadsPresence">read presence</see> receive the event.</summary>
    public RulesTest<TState, TCommand, TEvent> GivenAway(RoomMember member) => Apply(RoomEvent.Away((member ?? throw new ArgumentNullException(nameof(member))).AsAway()));

    /// <summary>Has a member return. Only rules that <see cref="RoomRules.ReadsPresence">read presence</see> receive the event.</summary>
    public RulesTest<TState, TCommand, TEvent> GivenReturned(RoomMember member) => Apply(RoomEvent.Returned(member));

    /// <summary>Has a member change its nick. Only rules that <see cref="RoomRules.ReadsPresence">read presence</see> receive the event.</summary>
    /// <param name="member">The member with its new nick.</param>
    /// <param name="formerNick">The old nick.</param>
    public RulesTest<TState, TCommand, TEvent> GivenRenamed(RoomMember member, string formerNick)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(formerNick);
        return Apply(RoomEvent.Renamed(member, Encoding.UTF8.GetBytes(formerNick)));
    }

    /// <summary>Lets time pass without a running server, and then opens the room.</summary>
    public RulesTest<TState, TCommand, TEvent> GivenDowntime(TimeSpan downtime) => After(downtime).Apply(RoomEvent.Opened(downtime));

    /// <summary>Calls <c>Decide</c> with a command, and applies the decided events.</summary>
    /// <param name="command">The command.</param>
    /// <param name="by">The member who sends the command; null for <see cref="RulesTest.Somebody"/>.</param>
    public RulesTest<TState, TCommand, TEvent> When(TCommand command, RoomMember? by = null) =>
        Decided(_replica.Decide(Bytes(command), WireCommand, by ?? RulesTest.Somebody, Time.ToUnixTimeMilliseconds()));

    /// <summary>Advances the time to the next wake-up, runs the work of <c>WorkOf</c> if there is any, calls <c>Wake</c>, and applies the decided events.</summary>
    public RulesTest<TState, TCommand, TEvent> WhenWoken()
    {
        if (_replica.WakeAt is not { } wakeAt)
        {
            Assert.Fail("The rules request no wake-up: WakeAt returns null.");
            return this;
        }

        var named = DateTimeOffset.FromUnixTimeMilliseconds(wakeAt);
        if (named > Time)
            Time = named;
        return Decided(_replica.WorkAndWake(WireCommand, Time.ToUnixTimeMilliseconds()));
    }

    /// <summary>Asserts that the rules have decided on these events, in this order.</summary>
    public RulesTest<TState, TCommand, TEvent> Then(params TEvent[] events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var decided = Latest;
        if (decided.Kind is RulesProposalKind.Refuse)
            Assert.Fail($"Expected {Describe(events)}, but the command is refused ({decided.Code}): {decided.Why}");
        var actual = new ReadOnlyMemory<byte>[decided.Kind == RulesProposalKind.Append ? decided.Append.Count : 0];
        for (var i = 0; i < actual.Length; i++)
            actual[i] = decided.Append[i].Data;
        for (var i = 0; i < Math.Min(actual.Length, events.Length); i++)
        {
            if (!actual[i].Span.SequenceEqual(Bytes(events[i]).Span))
                Assert.Fail($"Event {i + 1} of {actual.Length} differs.\n  expected: {events[i]} {RulesFindings.Text(Bytes(events[i]).Span)}\n  actual:   {Read(actual[i])} {RulesFindings.Text(actual[i].Span)}");
        }

        if (actual.Length != events.Length)
            Assert.Fail($"Expected {Describe(events)}, but the rules decide {Describe([.. actual.Select(Read)])}.");
        return this;
    }

    /// <summary>Asserts that the rules have decided on no event, and have not refused the command.</summary>
    public RulesTest<TState, TCommand, TEvent> ThenNothing() => Then();

    /// <summary>Asserts that the rules have refused the command.</summary>
    /// <param name="why">The reason; null for any.</param>
    /// <param name="code">The code; null for any.</param>
    public RulesTest<TState, TCommand, TEvent> ThenRefused(string? why = null, PacketErrorCode? code = null)
    {
        var decided = Latest;
        if (decided.Kind != RulesProposalKind.Refuse)
            Assert.Fail($"Expected that the command is refused, but the rules decide {Describe([.. Enumerable.Range(0, decided.Append.Count).Select(i => Read(decided.Append[i].Data))])}.");
        if (why is not null && why != decided.Why)
            Assert.Fail($"The command is refused for another reason.\n  expected: {why}\n  actual:   {decided.Why}");
        if (code is not null && code != decided.Code)
            Assert.Fail($"The command is refused with {decided.Code}, not {code}: {decided.Why}");
        return this;
    }

    /// <summary>Asserts that the state equals an expected state: the rules write both as the same bytes.</summary>
    /// <param name="expected">The expected state.</param>
    public RulesTest<TState, TCommand, TEvent> ThenState(TState expected)
    {
        var (written, actual) = (_rules.WriteState(expected), _rules.WriteState(State));
        if (!written.AsSpan().SequenceEqual(actual))
            Assert.Fail($"The state differs.\n  expected: {RulesFindings.Text(written)}\n  actual:   {RulesFindings.Text(actual)}");
        return this;
    }

    /// <summary>Passes the state to assertions.</summary>
    public RulesTest<TState, TCommand, TEvent> ThenState(Action<TState> assert)
    {
        ArgumentNullException.ThrowIfNull(assert);
        assert(State);
        return this;
    }

    /// <summary>Asserts that the next wake-up is at this time; null for none.</summary>
    public RulesTest<TState, TCommand, TEvent> ThenWakesAt(DateTimeOffset? time)
    {
        var named = _rules.WakeAt(State);
        if (named != time)
            Assert.Fail($"The rules request a wake-up at {named?.ToString("O") ?? "no time"}, not at {time?.ToString("O") ?? "no time"}.");
        return this;
    }

    private RulesProposal Latest => _decided ?? throw new InvalidOperationException("Call When before Then: the rules have not decided yet.");

    private static string Describe(TEvent[] events) => events.Length == 0 ? "nothing" : $"[{string.Join(", ", events.Select(static decided => decided.ToString()))}]";

    private RulesTest<TState, TCommand, TEvent> Decided(in RulesProposal proposal)
    {
        ThrowIfImpure();
        if (proposal.Error is { } error)
            Assert.Fail($"The rules have thrown: {error}");
        _decided = proposal;
        for (var i = 0; i < proposal.Append.Count; i++)
            Apply(proposal.Append[i]);
        return this;
    }

    private RulesTest<TState, TCommand, TEvent> Apply(in RoomEvent roomEvent)
    {
        _replica.Apply(roomEvent with { Offset = ++_offset, Check = (ulong)_offset, Time = Time.ToUnixTimeMilliseconds() }, out var error);
        _replica.EndEvent();
        ThrowIfImpure();
        if (error is not null)
            Assert.Fail($"Evolve has thrown: {error}");
        return this;
    }

    private void ThrowIfImpure()
    {
        if (_findings.First is { } fault)
            Assert.Fail(fault);
    }

    private TEvent Read(ReadOnlyMemory<byte> data) => _rules.Serializer.TryDeserialize<TEvent>(data, out var read) ? read : throw new InvalidDataException("An event cannot be read.");

    private ReadOnlyMemory<byte> Bytes<T>(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _rules.Serializer.Serialize(buffer, value);
        return buffer.WrittenMemory;
    }
}
