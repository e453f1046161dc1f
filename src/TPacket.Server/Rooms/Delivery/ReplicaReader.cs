namespace TPacket.Server.Rooms.Delivery;

/// <summary>Reads a room's replica under the delivery's lock. Thread-safe.</summary>
internal sealed class ReplicaReader(Lock gate, RoomReplica replica)
{
    public int MemberCount
    {
        get
        {
            lock (gate)
                return replica.MemberCount;
        }
    }

    public RoomPosition Position
    {
        get
        {
            lock (gate)
                return replica.Position;
        }
    }

    /// <summary>Returns the log's record of a connection; null if the connection is not a member.</summary>
    public RoomMember? Find(RoomMember member)
    {
        lock (gate)
            return replica.Has(member) ? replica.Find(member.Id) : null;
    }

    /// <summary>Returns an earlier connection of a user that the log still has as a member; null for none.</summary>
    public RoomMember? FindEarlier(RoomMember member)
    {
        lock (gate)
            return replica.Find(member.Id) is { } there && there.Session == member.Session && there.Generation < member.Generation ? there : null;
    }

    /// <summary>Returns the members at this moment; a copy.</summary>
    public RoomMember[] CopyMembers()
    {
        lock (gate)
            return replica.CopyMembers();
    }

    public StreamHead HeadOf(RoomStream stream)
    {
        lock (gate)
            return replica.HeadOf(stream);
    }
}
