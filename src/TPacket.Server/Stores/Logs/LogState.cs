namespace TPacket.Server.Stores.Logs;

/// <summary>
/// The state of a log after its last event: roster, stream heads, history and remembered requests.
/// Checks requests to append, and applies their events. For stores with a single writer per room. Not thread-safe.
/// </summary>
/// <param name="check">Computes the checks.</param>
/// <param name="last">The position after the last event.</param>
/// <param name="time">The time of the last event, in milliseconds since the Unix epoch; 0 if there is none.</param>
/// <param name="history">The history that joining clients receive.</param>
/// <param name="onForgotten">Called with the author and the number of a forgotten request; the number is null for all requests of the author.</param>
/// <param name="hasMessage">Returns whether the log has a message or announcement at an offset up to the last event; null if the history has all of them.</param>
internal sealed class LogState(
    LogCheck check, RoomPosition last, long time, EventRing history, Action<long, long?>? onForgotten = null, Func<long, bool>? hasMessage = null)
{
    private readonly LogRoster _roster = new();
    private RequestMemories? _requests;
    private RulesBasis? _rules;

    /// <summary>The position after the last event.</summary>
    public RoomPosition Last { get; private set; } = last;

    /// <summary>The time of the last append, in milliseconds since the Unix epoch.</summary>
    public long Time { get; private set; } = time;

    public StreamHeads Heads { get; } = new();

    public EventRing History => history;

    /// <summary>The last stored state of the room's rules, and its position; null if the room has no rules. Its data belongs to this object.</summary>
    public RulesBasis? Rules
    {
        get => _rules;
        init => _rules = value;
    }

    /// <summary>The next wake-up time of the room's rules, in milliseconds since the Unix epoch; null for never.</summary>
    public long? WakeAt { get; set; }

    /// <summary>Whether the rules have finished, so that their events may be dropped.</summary>
    public bool AreRulesFinished { get; set; }

    /// <summary>Whether the log has an event that the rules have decided.</summary>
    public bool HaveRulesDecided { get; set; }

    /// <summary>Whether an event that changes the roster wakes the rules.</summary>
    public bool ReadsPresence { get; set; }

    /// <summary>The offset from which events must be kept, because the state of the rules is computed from them.</summary>
    public long KeptFrom => _rules is null || AreRulesFinished ? long.MaxValue : _rules.Position.Offset + 1;

    public RoomMember[] CopyMembers() => _roster.Copy();

    public RoomSnapshot TakeSnapshot() => new(Last, _roster.Copy(), [.. history.Copy(0, int.MaxValue).Where(static said => said.IsHistory)], Heads.Copy()) { Rules = _rules };

    /// <summary>Restores a member.</summary>
    /// <param name="presence">The last event that changed the member, with its offset, check and time.</param>
    public void Restore(in RoomEvent presence) => _roster.Apply(presence);

    /// <summary>Restores the answer of a request. Members must be restored first.</summary>
    public void Restore(RequestId request, ulong digest, RoomPosition position, long time) =>
        Requests.Add(request, digest, position, time);

    /// <summary>Completes the restoration.</summary>
    public void EndRestore() => _requests?.EndRestore();

    /// <summary>Advances the time of the next append. The time never decreases.</summary>
    public void Advance(long now) => Time = Math.Max(Time, now);

    /// <summary>Checks whether the events of a request can be appended.</summary>
    /// <param name="append">The request.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="digest">The hash of its events, if the request has an id.</param>
    /// <returns>The answer of a request that is not to be appended; null if the request is to be appended.</returns>
    public AppendResult? Decide(in RoomAppend append, long now, out ulong digest)
    {
        digest = 0;
        if (append.Request.IsSet)
        {
            digest = check.Digest(append);
            if (_requests?.TryAnswer(append.Request, digest, out var answer) == true)
                return answer with { Position = answer.IsAppended ? answer.Position with { Epoch = Last.Epoch } : Last };
        }

        if (append.Count == 0 && append.Request.IsSet)
            return new AppendResult(AppendStatus.NotFound, Last);
        Advance(now);
        if (append.Condition is { } condition && StatusOf(condition) is { } status)
            return new AppendResult(status, Last);
        for (var i = 0; i < append.Count; i++)
        {
            if (_roster.Validate(append[i]) is { } done)
                return done with { Position = done.IsRepeated ? done.Position with { Epoch = Last.Epoch } : Last };
        }

        if (append is { Count: 1, Condition.MaxMembers: { } most } && append[0].Kind == RoomEventKind.Joined && _roster.Count >= most)
            return new AppendResult(AppendStatus.Full, Last);
        if (append is { Count: 1 } && append[0] is { Kind: RoomEventKind.Deletion, DeletedOffset: var deleted } && !HasMessage(deleted))
            return new AppendResult(AppendStatus.NotFound, Last);

        return null;
    }

    /// <summary>Applies an appended event.</summary>
    /// <returns>The event as readers receive it, with its offset, check and time.</returns>
    public RoomEvent Apply(in RoomEvent roomEvent)
    {
        var applied = _roster.Complete(roomEvent) with { Offset = Last.Offset + 1, Time = Time };
        var previous = Last.Check;
        applied = applied with { Check = check.Next(previous, applied) };
        Last = Last with { Offset = applied.Offset, Check = applied.Check };
        _roster.Apply(applied);
        Heads.Move(applied);
        if (applied.IsHistory)
            history.Add(applied, previous);
        else if (applied.Kind == RoomEventKind.Deletion)
            history.Delete(applied.DeletedOffset);
        if (applied is { Kind: RoomEventKind.Left, Member: { } gone })
            _requests?.OnLeft(gone.Session);
        if (ReadsPresence && applied.ChangesRoster && !AreRulesFinished)
            WakeAt = Time;
        if (applied.Kind == RoomEventKind.Rules)
            Begin(applied);
        else if (applied is { Kind: RoomEventKind.Packet, Stream: RoomStream.Rules })
            HaveRulesDecided = true;
        return applied;
    }

    /// <summary>Stores a checkpoint of the room's rules, after its events are applied.</summary>
    public void Keep(RulesCheckpoint? checkpoint)
    {
        if (checkpoint is null || _rules is null)
            return;
        (WakeAt, AreRulesFinished) = (checkpoint.WakeAt, checkpoint.IsFinished);
        if (checkpoint.State is { } state)
            _rules = _rules with { Position = Last, Version = checkpoint.Version, State = state.ToArray() };
    }

    /// <summary>Returns the answer of a request after its events are applied, and remembers it.</summary>
    public AppendResult Answer(in RoomAppend append, ulong digest)
    {
        if (append.Request.IsSet)
            Requests.Add(append.Request, digest, Last, Time);
        return new AppendResult(AppendStatus.Appended, Last, append.Count == 0 ? 0 : Time);
    }

    /// <summary>
    /// Applies an event that sets the rules or a newer version of the rules. A wake-up is due at once; the next checkpoint of a server sets the next wake-up.
    /// </summary>
    private void Begin(in RoomEvent named)
    {
        (ReadsPresence, WakeAt) = (named.P2 != 0, Time);
        if (_rules is not null)
            return;
        var rules = named with { Data = named.Data.ToArray() };
        _rules = new RulesBasis(rules, Last, rules.P1, null);
    }

    private RequestMemories Requests => _requests ??= new RequestMemories(_roster.HasSession, onForgotten);

    private bool HasMessage(long offset) => offset >= 0 && offset <= Last.Offset && (hasMessage?.Invoke(offset) ?? history.HasMessage(offset));

    private AppendStatus? StatusOf(AppendCondition condition)
    {
        if (condition.After is { } after && after != Last)
            return AppendStatus.Conflict;
        for (var i = 0; i < condition.Streams.Count; i++)
        {
            if (Heads[condition.Streams[i].Stream] != condition.Streams[i])
                return AppendStatus.Conflict;
        }

        return Time < condition.NotBefore || Time > condition.NotAfter ? AppendStatus.OutOfTime : null;
    }
}
