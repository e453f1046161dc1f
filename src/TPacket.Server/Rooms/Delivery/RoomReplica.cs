using TPacket.Server.Stores.Logs;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// A room as this server has read it from the log up to one position: members and history.
/// Members receive only data of replicas, so they receive the same data on every server. Guarded by the delivery's lock.
/// </summary>
internal sealed class RoomReplica(TPacketServerOptions options)
{
    private readonly Dictionary<int, RoomMember> _members = [];
    private readonly StreamHeads _streams = new();

    /// <summary>The position after the last applied event.</summary>
    public RoomPosition Position { get; private set; }

    public int MemberCount => _members.Count;

    public Dictionary<int, RoomMember>.ValueCollection Members => _members.Values;

    public RoomMember? Find(int id) => _members.GetValueOrDefault(id);

    /// <summary>Returns whether this connection of a user is the member; false for an earlier or later connection of the same user.</summary>
    public bool Has(RoomMember member) => _members.TryGetValue(member.Id, out var there) && there.IsSameAs(member);

    public RoomMember[] CopyMembers()
    {
        var copy = new RoomMember[_members.Count];
        _members.Values.CopyTo(copy, 0);
        return copy;
    }

    /// <summary>The messages that joining users receive, oldest first.</summary>
    public EventRing History { get; } = new(options.HistoryBytes, options.HistoryMessages);

    public StreamHead HeadOf(RoomStream stream) => _streams[stream];

    public void Reset(RoomSnapshot snapshot)
    {
        _members.Clear();
        History.Clear();
        _streams.Reset(snapshot.Streams);
        for (var i = 0; i < snapshot.Members.Count; i++)
            _members[snapshot.Members[i].Id] = snapshot.Members[i];
        for (var i = 0; i < snapshot.History.Count; i++)
            History.Add(snapshot.History[i]);
        Position = snapshot.Position;
    }

    public void Apply(in RoomEvent roomEvent)
    {
        if (roomEvent.IsHistory)
            History.Add(roomEvent);
        else if (roomEvent.Kind == RoomEventKind.Deletion)
            Forget(roomEvent.DeletedOffset);
        else if (roomEvent.Kind == RoomEventKind.Left)
            _members.Remove(roomEvent.Member!.Id);
        else if (roomEvent.ChangesRoster)
            _members[roomEvent.Member!.Id] = roomEvent.Member;
        // The position moves last, so that an event that cannot be applied does not move it.
        _streams.Move(roomEvent);
        Position = Position with { Offset = roomEvent.Offset, Check = roomEvent.Check };
    }

    /// <summary>Removes a deleted message from the history.</summary>
    private void Forget(long offset)
    {
        var kept = History.Copy(0, int.MaxValue);
        History.Clear();
        foreach (var said in kept)
        {
            if (said.Offset != offset)
                History.Add(said);
        }
    }
}
