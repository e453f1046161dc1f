using TPacket.Server;

namespace TPacket.Testing.Rules;

/// <summary>A user with its client. The client sends one packet at a time, and repeats the packet until it receives an answer.</summary>
/// <param name="run">The run.</param>
/// <param name="id">The user's id.</param>
/// <param name="nick">The user's nick.</param>
internal sealed class SimulatedMember(SimulatedRun run, int id, string nick)
{
    private const long Patience = 7_000;

    private long _session;
    private long _uid;
    private byte[] _packet = [];
    private bool _isPending;
    private bool _isRepeated;
    private int _connection;

    public string Nick => nick;

    /// <summary>Whether the user is a member of the room, away or not.</summary>
    public bool IsIn { get; private set; }

    /// <summary>Whether the user has a connection.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>The node of the connection.</summary>
    public SimulatedNode? Node { get; private set; }

    /// <summary>Whether the client waits for an answer.</summary>
    public bool IsPending => IsIn && _isPending;

    private RoomMember Member { get; set; } = new(id, nick);

    public void Enter(SimulatedNode node)
    {
        if (IsIn)
            return;
        _session = run.NextSession();
        Member = new RoomMember(id, nick, _session);
        (_uid, _isPending) = (0, false);
        run.Log.Append(new RoomAppend(RoomEvent.Joined(Member)));
        (IsIn, IsConnected, Node) = (true, true, node);
        _connection++;
    }

    public void Leave()
    {
        if (!IsIn)
            return;
        run.Log.Append(new RoomAppend(RoomEvent.Left(Member, LeaveCause.Disconnected)));
        (IsIn, IsConnected, _isPending) = (false, false, false);
        _connection++;
    }

    /// <summary>Appends that the user is away.</summary>
    public void GoAway()
    {
        if (!IsIn || Member.IsAway)
            return;
        run.Log.Append(new RoomAppend(RoomEvent.Away(Member)));
        Member = Member.AsAway();
    }

    /// <summary>Ends the connection. The client reconnects later.</summary>
    public void Disconnect()
    {
        IsConnected = false;
        var lost = ++_connection;
        run.Time.After(run.Delay() + 100, () => Return(lost));
    }

    public void Send(Random random)
    {
        if (!IsConnected || _isPending || Node?.Room.State is not { } state)
            return;
        _packet = run.Rules.DrawCommand(random, state, out var text);
        _uid++;
        (_isPending, _isRepeated) = (true, false);
        run.Say($"{nick} sends {text} as request {_uid} to {Node.Name}");
        Send();
    }

    /// <summary>Sends the last packet again.</summary>
    public void Repeat()
    {
        if (!IsConnected || _uid == 0)
            return;
        run.Say($"{nick} sends request {_uid} again to {Node!.Name}");
        _isRepeated = true;
        Deliver();
    }

    /// <summary>Handles the answer of a node.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isKnown">Whether the outcome is known.</param>
    /// <param name="isRefused">Whether the packet was refused or had no effect.</param>
    public void OnAnswer(SimulatedPacket packet, bool isKnown, bool isRefused)
    {
        var (uid, connection) = (packet.Uid, packet.Connection);
        if (connection != _connection || uid != _uid || !_isPending)
            return;
        // A repeated request is excluded: after a refusal, the rules decide about it again.
        if (isRefused && !_isRepeated && run.Log.AnswerTo(packet.Request) is { } position)
            run.Findings.Report($"{nick} receives the answer that request {uid} is refused or has no effect, but the log has its events at {position.Offset}.");
        if (isKnown)
            _isPending = false;
        else
            run.Time.After(run.Delay() + 100, () => Again(uid, connection));
    }

    private void Return(int lost)
    {
        if (!IsIn || lost != _connection)
            return;
        if (run.DrawNode() is not { } node)
        {
            run.Time.After(1_000, () => Return(lost));
            return;
        }

        Member = Member.AsReturned(Member.Generation + 1);
        run.Log.Append(new RoomAppend(RoomEvent.Returned(Member)));
        (IsConnected, Node, _isRepeated) = (true, node, false);
        _connection++;
        if (_isPending)
        {
            run.Say($"{nick} sends request {_uid} again to {node.Name}");
            Send();
        }
    }

    private void Send()
    {
        Deliver();
        var (uid, connection) = (_uid, _connection);
        run.Time.After(Patience, () => Again(uid, connection));
    }

    private void Again(long uid, int connection)
    {
        if (!_isPending || uid != _uid || connection != _connection)
            return;
        run.Say($"{nick} sends request {_uid} again to {Node!.Name}");
        _isRepeated = true;
        Send();
    }

    private void Deliver()
    {
        var (node, packet) = (Node!, new SimulatedPacket(this, Member, _uid, _connection, _packet));
        node.Deliver(packet);
    }
}
