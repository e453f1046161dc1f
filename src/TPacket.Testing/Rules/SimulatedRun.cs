using System.Security.Cryptography;

namespace TPacket.Testing.Rules;

/// <summary>One run of a simulation: a room, its nodes and its members, in virtual time and on one thread. All random numbers come from the seed.</summary>
internal sealed class SimulatedRun
{
    /// <summary>The longest wait for the store, in milliseconds.</summary>
    public const long StoreTimeout = 5_000;

    /// <summary>The delay before a node repeats a failed wake-up, in milliseconds.</summary>
    public const long WakeRetry = 60_000;

    private const long Lease = 6_000;
    private const long Rest = 20_000;
    private static readonly string[] _nicks = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

    private readonly List<string>? _lines;
    private readonly Random _random;
    private readonly SimulatedNode[] _nodes;
    private readonly SimulatedMember[] _members;
    private readonly Dictionary<long, long> _lastArrivals = [];
    private readonly long _begin;
    private bool _isCalm;
    private long _downSince = -1;
    private long _session = 1_000;

    /// <summary>Creates a room without members.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="setup">The setup.</param>
    /// <param name="log">Receives a line of text for each step; null for none.</param>
    public SimulatedRun(SimulatedRules rules, SimulatedSetup setup, List<string>? log = null)
    {
        (Rules, _lines, _isCalm) = (rules, log, setup.IsCalm);
        _random = new Random(setup.Seed);
        // The virtual time is years away from the real time, so that the results of rules that read a clock differ.
        _begin = new DateTimeOffset(setup.Seed % 2 == 0 ? 2001 : 2091, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + _random.Next(1_000_000);
        RoomSeed = _random.NextInt64();
        CheckpointEvents = _random.Next(2, 20);
        Time = new SimulatedTime(_begin, () => Findings.First is not null);
        Log = new SimulatedLog(this);
        _nodes = [.. Enumerable.Range(1, setup.Nodes).Select(number => new SimulatedNode(this, number, _random.Next(-500, 500)))];
        _members = [.. Enumerable.Range(1, setup.Members).Select(id => new SimulatedMember(this, id, id <= _nicks.Length ? _nicks[id - 1] : $"user {id}"))];
    }

    public SimulatedRules Rules { get; }

    public RulesFindings Findings { get; } = new();

    public SimulatedCounts Counts { get; } = new();

    public SimulatedTime Time { get; }

    public SimulatedLog Log { get; }

    public long RoomSeed { get; }

    public int CheckpointEvents { get; }

    /// <summary>Whether the run is about to end, so that nodes start no new work.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Whether <see cref="Say"/> keeps its lines.</summary>
    public bool IsLogged => _lines is not null;

    /// <summary>Runs the steps, then runs all nodes without faults until they are idle, and checks the result.</summary>
    /// <returns>The first fault; null for none.</returns>
    public string? Execute(IReadOnlyList<SimulatedStep> steps)
    {
        foreach (var node in _nodes)
            node.Start();
        foreach (var step in steps)
        {
            Time.RunUntil(Time.Now + step.Gap);
            if (Findings.First is not null)
                return Findings.First;
            Do(step, new Random(step.Seed));
        }

        Heal();
        if (Findings.First is null && Time.IsEndless)
            Findings.Report("The room does not become idle: the rules request wake-ups again and again.");
        if (Findings.First is null)
            CheckRest();
        if (Findings.First is null)
            Log.Replay(Rules);
        return Findings.First;
    }

    public void AddTo(IncrementalHash hash) => Log.AddTo(hash);

    public void Say(FormattableString text) => _lines?.Add($"  {Time.Now - _begin,8:N0} ms  {FormattableString.Invariant(text)}");

    /// <summary>Draws whether something happens.</summary>
    /// <param name="percent">The probability in percent.</param>
    public bool Happens(int percent) => !_isCalm && _random.Next(100) < percent;

    /// <summary>Draws a delay of the network or the store, in milliseconds.</summary>
    public long Delay()
    {
        if (_isCalm)
            return 1;
        return _random.Next(50) switch
        {
            < 44 => _random.Next(20),
            < 49 => _random.Next(1_000),
            _ => _random.Next(8_000),
        };
    }

    /// <summary>Returns the time at which a request arrives, not before the author's earlier requests.</summary>
    public long Order(long author, long arrival)
    {
        if (_lastArrivals.TryGetValue(author, out var last))
            arrival = Math.Max(arrival, last);
        _lastArrivals[author] = arrival;
        return arrival;
    }

    public long NextSession() => ++_session;

    /// <summary>Draws a node that is up; null if no node is up.</summary>
    public SimulatedNode? DrawNode()
    {
        var up = Array.FindAll(_nodes, static node => node.IsUp);
        return up.Length == 0 ? null : up[_random.Next(up.Length)];
    }

    /// <summary>Ends the downtime, because a node starts.</summary>
    /// <returns>The time since which no node was up; -1 if another node is up.</returns>
    public long EndDowntime()
    {
        var since = _downSince;
        _downSince = -1;
        return since;
    }

    /// <summary>Handles the crash of a node: its members reconnect to other nodes, and its lease ends later.</summary>
    public void OnCrashed(SimulatedNode node, long incarnation)
    {
        if (!Array.Exists(_nodes, static other => other.IsUp))
            _downSince = Time.Now;
        foreach (var member in _members)
        {
            if (member.IsConnected && member.Node == node)
                member.Disconnect();
        }

        Time.After(Lease, () => EndLease(node, incarnation));
    }

    private void Do(SimulatedStep step, Random random)
    {
        var member = _members[step.Actor % _members.Length];
        var node = _nodes[step.Actor % _nodes.Length];
        switch (step.Kind)
        {
            case SimulatedStepKind.Command:
                // Takes another member if this member has no connection.
                for (var i = 1; i < _members.Length && !member.IsConnected; i++)
                    member = _members[(step.Actor + i) % _members.Length];
                member.Send(random);
                break;
            case SimulatedStepKind.Repeat:
                member.Repeat();
                break;
            case SimulatedStepKind.Enter when DrawNode() is { } up:
                member.Enter(up);
                break;
            case SimulatedStepKind.Leave:
                member.Leave();
                break;
            case SimulatedStepKind.Drop when member.IsConnected:
                Say($"the connection of {member.Nick} is lost");
                member.GoAway();
                member.Disconnect();
                break;
            case SimulatedStepKind.Crash when node.IsUp:
                Say($"{node.Name} crashes");
                node.Crash();
                Time.After(random.Next(20_000), () => StartAgain(node));
                break;
            case SimulatedStepKind.ShortPause when node.IsUp:
                Pause(node, random.Next(1, (int)Lease));
                break;
            case SimulatedStepKind.LongPause when node.IsUp:
                Pause(node, Lease + random.Next(1, 10_000));
                break;
            case SimulatedStepKind.Reset:
                Say($"{node.Name} continues from a snapshot");
                node.Room.Reset();
                break;
            case SimulatedStepKind.Checkpoint when node.IsUp:
                node.Room.Settle(withState: true);
                break;
            case SimulatedStepKind.Sleep when Array.Find(_nodes, static ready => ready.Room.IsReady)?.Room.Replica.WakeAt is { } wakeAt && wakeAt > Time.Now:
                Time.RunUntil(Math.Max(Time.Now, wakeAt + random.Next(-30, 30)));
                break;
        }
    }

    private void EndLease(SimulatedNode node, long incarnation)
    {
        Say($"the lease of {node.Name} ends");
        node.Fence(incarnation);
        foreach (var member in _members)
        {
            // Members that returned after the node's next start belong to another lease.
            if (member.Node == node && (!member.IsConnected || node.Incarnation == incarnation))
                member.GoAway();
        }
    }

    private static void StartAgain(SimulatedNode node)
    {
        if (!node.IsUp)
            node.Start();
    }

    private void Pause(SimulatedNode node, long time)
    {
        Say($"{node.Name} pauses for {time} ms");
        node.Pause(time);
        if (time <= Lease)
            return;
        var incarnation = node.Incarnation;
        Time.After(Lease, () =>
        {
            if (node.Incarnation != incarnation)
                return;
            EndLease(node, incarnation);
            foreach (var member in _members)
            {
                if (member.IsConnected && member.Node == node)
                    member.Disconnect();
            }
        });
        // The node first makes its due calls, which the store rejects, and then detects the end of its lease.
        Time.After(time + _random.Next(1_000), () =>
        {
            if (node.Incarnation != incarnation)
                return;
            node.Crash();
            node.Start();
        });
    }

    /// <summary>Ends all faults, and runs until all due work is done.</summary>
    private void Heal()
    {
        _isCalm = true;
        Time.RunUntil(Time.Now + Lease);
        foreach (var node in _nodes)
        {
            node.EndPause();
            StartAgain(node);
        }

        Time.RunUntil(Time.Now + Rest);
        foreach (var node in _nodes)
        {
            if (node.Room.IsReady)
                node.WakeLater(node.Room.Replica.WakeAt);
        }

        Time.RunUntil(Time.Now + Rest);
        IsClosing = true;
        Time.RunUntil(Time.Now + Rest);
    }

    private void CheckRest()
    {
        foreach (var node in _nodes)
        {
            if (!node.Room.IsReady || node.Room.Last != Log.Last)
                Findings.Report($"{node.Name} is not up to date at the end: it has event {node.Room.Last} of {Log.Last}.");
            else if (node.Room.Replica.WakeAt is { } wakeAt && wakeAt < Time.Now - (2 * Rest))
                Findings.Report($"The rules requested a wake-up at {DateTimeOffset.FromUnixTimeMilliseconds(wakeAt):O}, but were not woken.");
        }

        foreach (var member in _members)
        {
            if (member.IsPending)
                Findings.Report($"The last request of {member.Nick} was never answered.");
        }
    }
}
