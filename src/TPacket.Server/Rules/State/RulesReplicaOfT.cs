using System.Diagnostics.CodeAnalysis;
using TPacket.Protocol;
using TPacket.Server.Payloads;
using TPacket.Server.Rules.Views;
using TPacket.Server.Rules.Waking;

namespace TPacket.Server.Rules.State;

/// <inheritdoc cref="RulesReplica"/>
/// <param name="rules">The rules.</param>
/// <param name="room">The room's name.</param>
internal sealed class RulesReplica<TState, TCommand, TEvent>(RoomRules<TState, TCommand, TEvent> rules, string room) : RulesReplica
    where TState : class
    where TCommand : notnull
    where TEvent : class
{
    private static readonly RoomMember _host = new(0, "");

    private volatile Moment? _moment;
    private long _events;
    private long _writtenEvents;
    private volatile TState? _written;
    private Happening? _last;

    public override object State => Now.State;

    public override long? WakeAt => Now.WakeAt;

    public override int Version => Now.Version;

    public override bool IsFinished => Now.IsFinished;

    public override bool IsCheckpointDue
    {
        get
        {
            var behind = Volatile.Read(ref _events) - Volatile.Read(ref _writtenEvents);
            return behind >= rules.CheckpointEvents || (Now.IsFinished && !ReferenceEquals(_written, Now.State));
        }
    }

    public override bool HasChanged => _last is { } last && (last.Event.Event is not null || !ReferenceEquals(last.Before, Now.State));

    private Moment Now => _moment ?? throw new InvalidOperationException("The state is not computed yet.");

    public override bool TryBegin(RulesBasis basis)
    {
        if (!TryBegin(basis, out var state))
            return false;
        var first = basis.Rules;
        var isFinished = rules.IsFinished(state);
        _moment = new Moment(state, [new StreamHead(RoomStream.Rules, first.Offset, first.Check)], first.Time, basis.Version, WakeAtOf(state, isFinished), isFinished);
        (_events, _writtenEvents, _written) = (0, 0, basis.State is null ? null : state);
        EndEvent();
        return true;
    }

    public override bool Apply(in RoomEvent roomEvent, out Exception? error)
    {
        error = null;
        // The log keeps all events but messages after the last checkpoint.
        if (!roomEvent.IsHistory)
            Volatile.Write(ref _events, _events + 1);
        if (roomEvent.Stream != RoomStream.Rules && !(roomEvent.ChangesRoster && rules.ReadsPresence))
            return false;
        var moved = Now with { Heads = Move(Now.Heads, roomEvent), Time = Math.Max(Now.Time, roomEvent.Time) };
        if (roomEvent.Kind == RoomEventKind.Rules)
        {
            moved = moved with { Version = roomEvent.P1 };
        }
        else if (!moved.IsFinished)
        {
            // The log may drop events after the final state, so no server may apply them.
            try
            {
                var happened = Read(roomEvent, moved.Version);
                var state = rules.Evolve(moved.State, happened) ?? throw new InvalidOperationException("Evolve returned null.");
                var isFinished = rules.IsFinished(state);
                moved = moved with { State = state, WakeAt = WakeAtOf(state, isFinished), IsFinished = isFinished };
                _last = new Happening(Now.State, happened);
            }
            catch (Exception e)
            {
                EndEvent();
                error = e;
            }
        }

        _moment = moved;
        return true;
    }

    public override void EndEvent() => _last = null;

    public override void SetHeads(Func<RoomStream, StreamHead> headOf) =>
        _moment = Now with { Heads = rules.ReadsPresence ? [headOf(RoomStream.Rules), headOf(RoomStream.Presence)] : [headOf(RoomStream.Rules)] };

    public override RulesProposal Decide(ReadOnlyMemory<byte> command, int wireCommand, RoomMember who, long now) => Decide(command, wireCommand, who, who, now);

    public override RulesProposal DecideOfHost(ReadOnlyMemory<byte> command, int wireCommand, long now) => Decide(command, wireCommand, _host, null, now);

    public override RulesProposal Wake(int wireCommand, long now, CompletedWork? completed)
    {
        // Reads the state once for the work and the decision, because an event may be applied concurrently.
        var moment = Now;
        if (!(moment.WakeAt <= now))
            return RulesProposal.Nothing;
        try
        {
            var time = TimeOf(moment, now);
            if (rules.WorkOf(moment.State, time) is not { } work)
                return Propose(moment, rules.Wake(moment.State, time, null), wireCommand, null, now, moment.WakeAt);
            if (completed?.Key.Equals(work.Key) != true)
                return new RulesProposal(RulesProposalKind.Work) { Work = work, WakeAt = moment.WakeAt };
            return completed.Error is { } error
                ? RulesProposal.Fail(error)
                : Propose(moment, rules.Wake(moment.State, time, completed.Result), wireCommand, null, now, moment.WakeAt);
        }
        catch (Exception e)
        {
            return RulesProposal.Fail(e);
        }
    }

    public override RoomAppend Checkpoint(bool withState, long? wakeAt, out WrittenState written)
    {
        // Read before the state. An event that is applied between the two reads either makes the condition fail or does not affect the state.
        var events = Volatile.Read(ref _events);
        var moment = Now;
        written = new WrittenState(moment.State, events);
        return new RoomAppend
        {
            Condition = new AppendCondition { Streams = moment.Heads },
            Checkpoint = new RulesCheckpoint
            {
                WakeAt = wakeAt ?? moment.WakeAt,
                // The log may drop the events of a final state, so it must have the state first.
                IsFinished = moment.IsFinished && (withState || ReferenceEquals(_written, moment.State)),
                Version = rules.Version,
                State = withState ? rules.WriteState(moment.State) : default(ReadOnlyMemory<byte>?),
            },
        };
    }

    public override void OnCheckpoint(WrittenState written)
    {
        Volatile.Write(ref _writtenEvents, written.Events);
        _written = (TState)written.State;
    }

    public override bool IsAt(Func<RoomStream, StreamHead> headOf) => Array.TrueForAll(Now.Heads, head => headOf(head.Stream) == head);

    public override ViewKey ViewOf(RoomMember member, bool isEvent)
    {
        var viewer = rules.ViewerOf(Now.State, member);
        return new ViewKey(viewer, isEvent && _last is { } last && rules.ViewerOf(last.Before, member) == viewer);
    }

    public override RulesView Write(ViewKey key) => key.IsChange && _last is { } last && rules.Change(last.Before, last.Event, Now.State, key.Viewer) is { } change
        ? new RulesView(IsWhole: false, change)
        : new RulesView(IsWhole: true, rules.View(Now.State, key.Viewer));

    private RulesProposal Decide(ReadOnlyMemory<byte> command, int wireCommand, RoomMember who, RoomMember? author, long now)
    {
        var moment = Now;
        try
        {
            return rules.Serializer.TryDeserialize<TCommand>(command, out var request)
                ? Propose(moment, rules.Decide(moment.State, request, who, TimeOf(moment, now)), wireCommand, author, now, null)
                : RulesProposal.Refuse("The data is not valid for the command.", PacketErrorCode.InvalidArgument);
        }
        catch (Exception e)
        {
            return RulesProposal.Fail(e);
        }
    }

    private static StreamHead[] Move(StreamHead[] heads, in RoomEvent roomEvent)
    {
        var moved = new StreamHead(roomEvent.Stream, roomEvent.Offset, roomEvent.Check);
        var stream = roomEvent.Stream;
        return heads.Length == 1 && heads[0].Stream == stream ? [moved] : [.. heads.Where(head => head.Stream != stream), moved];
    }

    private static DateTimeOffset TimeOf(Moment moment, long now) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(moment.Time, now));

    private static long? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    // Rounded up, so that the rules are not woken before the time.
    private static long? MillisecondsUp(DateTimeOffset? time) =>
        time is { } exact && exact <= DateTimeOffset.MaxValue.AddMilliseconds(-1) ? exact.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds() : Milliseconds(time);

    private bool TryBegin(RulesBasis basis, [MaybeNullWhen(false)] out TState state)
    {
        if (basis.State is { } written)
            return rules.TryReadState(basis.Version, written, out state) && state is not null;
        state = rules.Start(new RulesStart(room, DateTimeOffset.FromUnixTimeMilliseconds(basis.Rules.Time), basis.Rules.Seed));
        return state is not null ? true : throw new InvalidOperationException("Start returned null.");
    }

    private long? WakeAtOf(TState state, bool isFinished) => isFinished ? null : MillisecondsUp(rules.WakeAt(state));

    private RulesEvent<TEvent> Read(in RoomEvent roomEvent, int version)
    {
        TEvent? decided = null;
        if (roomEvent.Kind == RoomEventKind.Packet && !rules.Serializer.TryDeserialize(roomEvent.Data, out decided))
            throw new InvalidDataException("The rules cannot read an event of the log.");
        return new RulesEvent<TEvent>
        {
            Event = decided,
            Kind = roomEvent.Kind,
            // Stores do not keep for every event whether its member was away.
            Member = roomEvent is { Kind: not RoomEventKind.Away, Member: { IsAway: true } away } ? new RoomMember(away.Id, away.Nick, away.Session, away.Generation) : roomEvent.Member,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(roomEvent.Time),
            Version = version,
            Downtime = roomEvent.Downtime,
            Cause = roomEvent.Cause,
        };
    }

    private RulesProposal Propose(Moment moment, in Decision<TEvent> decision, int wireCommand, RoomMember? who, long now, long? notBefore)
    {
        if (decision.IsRefused)
            return RulesProposal.Refuse(decision.Refusal, decision.Code);
        var decided = decision.Events;
        if (decided.Count == 0)
            return RulesProposal.Nothing;
        if (moment.IsFinished)
            return RulesProposal.Refuse("This room has finished.", PacketErrorCode.Refused);
        var events = new RoomEvent[decided.Count];
        var state = moment.State;
        var isFinished = false;
        for (var i = 0; i < events.Length; i++)
        {
            using (var data = PayloadBuffer.Of(decided[i], rules.Serializer))
                events[i] = RoomEvent.Packet(wireCommand, who?.Id ?? 0, 0, data.Data.ToArray(), who, RoomStream.Rules);
            // An event that cannot be applied must not be appended. Evolve receives the deserialized event, as it does on every server.
            if (isFinished)
                continue;
            state = rules.Evolve(state, Read(events[i] with { Time = TimeOf(moment, now).ToUnixTimeMilliseconds() }, moment.Version));
            // Called here so that an exception refuses the command. The log receives the value with a checkpoint of the state.
            isFinished = rules.IsFinished(state);
        }

        var wakeAt = WakeAtOf(state, isFinished);
        return new RulesProposal(RulesProposalKind.Append, new RoomAppend(events)
        {
            Condition = new AppendCondition { Streams = moment.Heads, NotBefore = notBefore, NotAfter = Milliseconds(decision.NotAfter) },
            Checkpoint = wakeAt == moment.WakeAt ? null : new RulesCheckpoint { WakeAt = wakeAt, Version = rules.Version },
        })
        {
            WakeAt = wakeAt,
        };
    }

    /// <summary>The last applied event.</summary>
    /// <param name="Before">The state before the event.</param>
    /// <param name="Event">The event.</param>
    private sealed record Happening(TState Before, RulesEvent<TEvent> Event);

    /// <summary>The state after an event of the log. Immutable.</summary>
    /// <param name="State">The state.</param>
    /// <param name="Heads">The last events of the streams that the state depends on.</param>
    /// <param name="Time">The time of the event.</param>
    /// <param name="Version">The version of the rules in the log.</param>
    /// <param name="WakeAt">The next wake-up time.</param>
    /// <param name="IsFinished">Whether the state is final.</param>
    private sealed record Moment(TState State, StreamHead[] Heads, long Time, int Version, long? WakeAt, bool IsFinished);
}
