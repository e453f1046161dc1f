using System.Buffers.Binary;
using System.Security.Cryptography;
using TPacket.Server;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Testing.Rules;

/// <summary>The log of a simulated room: the log of the in-memory store, and a copy of all appended events for comparisons.</summary>
internal sealed class SimulatedLog : IRoomSubscriber
{
    // A short history, so that the store drops every event that it may drop.
    private const int HistoryBytes = 64 * 1024;
    private const int HistoryMessages = 4;
    private const int PageEvents = 3;

    private readonly SimulatedRun _run;
    private readonly InMemoryRoomLog _log;
    private readonly List<RoomEvent> _events = [];
    private readonly List<byte[]?> _states = [];
    private readonly List<(RoomPosition Position, RulesCheckpoint Checkpoint)> _checkpoints = [];
    private readonly Dictionary<RequestId, RoomPosition> _answers = [];
    private readonly HashSet<long> _wokenBehind = [];

    public SimulatedLog(SimulatedRun run)
    {
        _run = run;
        _log = new InMemoryRoomLog(HistoryBytes, HistoryMessages, run.Time);
        _log.Subscribe(new InMemorySubscription(this));
    }

    /// <summary>The offset of the last event.</summary>
    public long Last => _events.Count - 1;

    public void Subscribe(InMemorySubscription subscription) => _log.Subscribe(subscription);

    public void Unsubscribe(InMemorySubscription subscription) => _log.Unsubscribe(subscription);

    public RoomPage ReadRules(RoomPosition after) => _log.ReadRules(after, PageEvents);

    /// <summary>Returns the position of a request's events; null if the log has not appended the request.</summary>
    public RoomPosition? AnswerTo(RequestId request) => _answers.TryGetValue(request, out var position) ? position : null;

    /// <summary>Appends, and checks that each request and each wake-up is appended once.</summary>
    /// <param name="append">The request.</param>
    /// <param name="wakeAt">The wake-up time that the rules had requested, if this is the decision of a wake-up; otherwise null.</param>
    public AppendResult Append(in RoomAppend append, long? wakeAt = null)
    {
        var first = _events.Count;
        var result = _log.Append(append);
        var appended = _events.Count - first;
        if (append.Request.IsSet)
            CheckAnswer(append.Request, result, appended);
        if (wakeAt is { } named && appended > 0)
        {
            _run.Counts.Wakes++;
            if (_events[first].Time < named)
                _run.Findings.Report($"The rules were woken at {_events[first].Time}, before the wake-up time that they have requested: {named}.");
            foreach (var head in append.Condition!.Streams)
            {
                if (head.Stream == RoomStream.Rules && !_wokenBehind.Add(head.Offset))
                    _run.Findings.Report($"The rules were woken twice after event {head.Offset}.");
            }
        }

        if (result.IsAppended && append.Checkpoint is { State: { } state } checkpoint)
        {
            _run.Counts.Checkpoints++;
            _checkpoints.Add((result.Position, checkpoint with { State = state.ToArray() }));
            _run.Say($"the log keeps the state after event {result.Position.Offset}");
        }

        return result;
    }

    /// <summary>Compares the state of a node after an event with the state of the first node that has reached the event.</summary>
    /// <returns>Whether this node is the first.</returns>
    public bool Agree(long offset, byte[] state, string who)
    {
        while (_states.Count <= offset)
            _states.Add(null);
        if (_states[(int)offset] is not { } known)
        {
            _states[(int)offset] = state;
            return true;
        }

        _run.Findings.Expect(known, state, $"{who} has another state after event {offset} than the first node (one: the first; other: {who}).");
        return false;
    }

    /// <summary>Computes the state again, from the start and from each checkpoint, and compares it with the states of the nodes.</summary>
    public void Replay(SimulatedRules rules)
    {
        var first = _events.FindIndex(static happened => happened.Kind == RoomEventKind.Rules);
        if (first < 0)
            return;
        var named = _events[first];
        var position = new RoomPosition(0, first, named.Check);
        Replay(rules, new RulesBasis(named, position, named.P1, null), Last, "The replay from the start");
        for (var i = 0; i < _checkpoints.Count && _run.Findings.First is null; i++)
        {
            var (from, kept) = _checkpoints[i];
            var until = i + 1 < _checkpoints.Count ? _checkpoints[i + 1].Position.Offset : Last;
            Replay(rules, new RulesBasis(named, from, kept.Version, kept.State), until, $"The replay from the state kept after event {from.Offset}");
        }
    }

    /// <summary>Adds all events and states to a hash.</summary>
    public void AddTo(IncrementalHash hash)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var happened in _events)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, ((long)happened.Kind << 56) | happened.Time);
            hash.AppendData(number);
            hash.AppendData(happened.Data.Span);
        }

        foreach (var state in _states)
            hash.AppendData(state ?? []);
    }

    void IRoomSubscriber.OnReset(RoomSnapshot snapshot)
    {
    }

    void IRoomSubscriber.OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        foreach (var happened in events)
        {
            _events.Add(happened with { Data = happened.Data.ToArray() });
            _run.Counts.Events++;
            if (_run.IsLogged)
                _run.Say($"the log has event {happened.Offset}: {Describe(happened)}");
        }
    }

    void IRoomSubscriber.OnLost(Exception cause) => _run.Findings.Report($"The log has lost its observer: {cause}");

    private string Describe(in RoomEvent happened) => happened.Kind switch
    {
        RoomEventKind.Packet => $"{_run.Rules.Describe(happened.Data)}{(happened.Member is { } member ? $" by {member.Nick}" : "")}",
        RoomEventKind.Rules => $"the rules {happened.RulesName} {happened.P1}",
        _ => $"{happened.Kind} {happened.Member?.Nick}",
    };

    private void CheckAnswer(RequestId request, in AppendResult result, int appended)
    {
        if (appended > 0)
        {
            if (!_answers.TryAdd(request, result.Position))
                _run.Findings.Report($"Request {request.Number} was appended twice: after events {_answers[request].Offset} and {result.Position.Offset}.");
        }
        else if (result.Status == AppendStatus.NotFound)
        {
            if (_answers.TryGetValue(request, out var position))
                _run.Findings.Report($"The log has forgotten request {request.Number}, which was appended at event {position.Offset}.");
        }
        else if (result.IsAppended)
        {
            _run.Counts.Repeats++;
            if (_answers[request] != result.Position)
                _run.Findings.Report($"Request {request.Number} was appended at event {_answers[request].Offset}, and answered with {result.Position.Offset}.");
        }
    }

    private void Replay(SimulatedRules rules, RulesBasis basis, long until, string name)
    {
        var replica = rules.CreateReplica(null, int.MaxValue);
        if (!replica.TryBegin(basis))
        {
            _run.Findings.Report($"{name} cannot read the state.");
            return;
        }

        Compare(basis.Position.Offset);
        for (var offset = basis.Position.Offset + 1; offset <= until && _run.Findings.First is null; offset++)
        {
            replica.Apply(_events[(int)offset], out var error);
            if (error is not null)
                _run.Findings.Report($"{name} fails at event {offset}: {error}");
            replica.EndEvent();
            Compare(offset);
        }

        void Compare(long offset)
        {
            if (offset < _states.Count && _states[(int)offset] is { } known)
                _run.Findings.Expect(known, rules.Write(replica.State), $"{name} leads to another state after event {offset} (one: at the time; other: the replay).");
        }
    }
}
