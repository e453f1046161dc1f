using TPacket.Protocol;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rooms.Presence;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// The membership of a room on this server: admits users that are members according to the log, resumes them and removes them.
/// The class works under the delivery's lock, so that each member receives roster, history and events without a gap.
/// Thread-safe, except for methods that require the caller to hold the lock.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="rooms">The rooms of this server.</param>
/// <param name="gate">The delivery's lock.</param>
/// <param name="replica">The room as this server has read it from the log.</param>
/// <param name="members">The members here.</param>
/// <param name="presence">The pending presence.</param>
/// <param name="broadcast">Sends packets to members.</param>
/// <param name="views">Sends the state of the room's rules; null for a room without rules.</param>
internal sealed class RoomAdmission(
    Room room, RoomRegistry rooms, Lock gate, RoomReplica replica, RoomMembers members, RoomPresence presence, RoomBroadcast broadcast, RoomViews? views)
{
    private List<ResumedMember>? _resumed;
    private bool _hasEnded;

    /// <summary>Whether <see cref="End"/> was called.</summary>
    public bool HasEnded
    {
        get
        {
            lock (gate)
                return _hasEnded;
        }
    }

    /// <summary>Returns whether the replica has a user as a member, so that the user can be admitted here.</summary>
    public bool CanAdmit(RoomMember member)
    {
        lock (gate)
            return !_hasEnded && replica.Has(member);
    }

    /// <summary>Admits a user whose join is in the log: sends roster and history, and adds the user to the members that receive each later event.</summary>
    /// <param name="session">The user's connection.</param>
    /// <param name="reply">The reply to the request to enter; null for none.</param>
    /// <returns>False if the user is not a member according to the log any more, or its connection has ended.</returns>
    public bool TryAdmit(Session session, EntryReply? reply)
    {
        lock (gate)
        {
            if (!TryPrepare(session))
                return false;
            SendJoinPackets(session, reply);
            return TryAdd(session);
        }
    }

    /// <summary>Begins to hold the new events for a resumed member, until the server has read the missed events from the log.</summary>
    /// <returns>
    /// Null if the member needs a snapshot: it does not follow the log, or it counts the members
    /// of a large room, and the server does not know which members the client has received.
    /// </returns>
    public ResumedMember? BeginResume(Session session)
    {
        lock (gate)
        {
            if (!session.Accepts((int)PacketCommand.Event) || (session.Accepts((int)PacketCommand.MemberCount) && presence.IsLarge))
                return null;
            var resumed = new ResumedMember(session, replica.Position, replica.MemberCount, rooms.Options);
            (_resumed ??= []).Add(resumed);
            return resumed;
        }
    }

    /// <summary>Admits a resumed member: sends the reply, the missed events and the held events, or a snapshot if events are missing.</summary>
    /// <param name="resumed">The member.</param>
    /// <param name="missed">The events before the held events; null if they are unknown.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <returns>False if the user is not a member according to the log any more, or its connection has ended.</returns>
    public bool TryAdmit(ResumedMember resumed, ReplayFrames? missed, int uid)
    {
        var session = resumed.Connection;
        lock (gate)
        {
            _resumed!.Remove(resumed);
            if (!TryPrepare(session))
                return false;
            if (missed is null || resumed.HasGap || (session.Membership.CountsPresence && presence.IsLarge))
                SendJoinPackets(session, new EntryReply(uid, PacketCommand.Resume, 1, session.Id));
            else
                SendReplay(session, resumed, missed, uid);
            return TryAdd(session);
        }
    }

    /// <summary>Stops holding events for a resumed member, and releases the held events.</summary>
    public void EndResume(ResumedMember resumed)
    {
        lock (gate)
            _resumed!.Remove(resumed);
        resumed.Held.Release();
    }

    /// <summary>Removes a connection, so that it receives no later event.</summary>
    /// <returns>False if the connection was not a member here.</returns>
    public bool TryRemove(Session session)
    {
        lock (gate)
            return Remove(session);
    }

    /// <summary>Ends the membership here with the subscription to the log.</summary>
    /// <returns>The connections that are members here; a copy.</returns>
    public Session[] End()
    {
        lock (gate)
        {
            _hasEnded = true;
            return members.All.ToArray();
        }
    }

    /// <summary>Returns the connection here of a member; null for none. The caller holds the delivery's lock.</summary>
    public Session? FindHere(RoomMember member) =>
        rooms.Users.Find(member.Id) is Session session && session.CurrentRoom == room && session.Member!.IsSameAs(member) ? session : null;

    /// <summary>Evicts the connection here of a member that the log has removed. The caller holds the delivery's lock.</summary>
    public void Evict(in RoomEvent left)
    {
        if (FindHere(left.Member!) is not { } session)
            return;
        // The member receives the pending presence and its own leave before it is removed: afterwards another room may send to the connection.
        presence.SendPendingTo(session);
        if (left.Cause is LeaveCause.Removed or LeaveCause.Moved)
            broadcast.SendTo(session, left);
        Remove(session);
        room.OnEvicted(session, left.Cause);
    }

    /// <summary>Holds a delivered event for the resumed members. The caller holds the delivery's lock.</summary>
    public void OnDelivered(in RoomEvent roomEvent)
    {
        if (_resumed is null)
            return;
        foreach (var resumed in _resumed)
            resumed.OnEvent(roomEvent);
    }

    /// <summary>Notifies the resumed members that the room continues from a snapshot. The caller holds the delivery's lock.</summary>
    public void OnReset()
    {
        foreach (var resumed in _resumed ?? [])
            resumed.OnReset();
    }

    private bool TryPrepare(Session session)
    {
        if (_hasEnded || !replica.Has(session.Member!))
            return false;
        if (members.Count == 0)
            presence.Begin();
        ref var membership = ref session.Membership;
        membership.CountsPresence = session.Accepts((int)PacketCommand.MemberCount);
        membership.FollowsLog = session.Accepts((int)PacketCommand.Event);
        membership.IsAware = session.Accepts((int)PacketCommand.Presence);
        membership.HasView = false;
        return true;
    }

    private bool TryAdd(Session session)
    {
        members.Add(session);
        session.Membership.Room = room;
        if (!session.HasEnded)
            return true;
        Remove(session);
        return false;
    }

    private bool Remove(Session session)
    {
        if (session.CurrentRoom != room)
            return false;
        session.Membership.Room = null;
        members.Remove(session);
        if (members.Count == 0)
            presence.Drop();
        return true;
    }

    private void SendJoinPackets(Session session, EntryReply? reply)
    {
        var join = new JoinPackets(replica, session.Membership.CountsPresence ? presence : null, session, rooms.Options.MaxLoggedMessageBytes);
        var frames = session.Membership.FollowsLog ? join.EncodeSnapshot(reply, room.Name, out var packets) : join.Encode(reply, out packets);
        try
        {
            if (reply is { Command: PacketCommand.Resume })
                session.AddUnreadReplay(frames.Length);
            session.Connection.Send(frames, 0, frames.Length, packets, counted: false);
        }
        finally
        {
            frames.Release();
        }

        session.Membership.PresenceOffset = replica.Position.Offset;
        views?.SendTo(session);
    }

    private void SendReplay(Session session, ResumedMember resumed, ReplayFrames missed, int uid)
    {
        resumed.IsReplayed = true;
        session.SendPacket(uid, (int)PacketCommand.Resume, 0, session.Id, []);
        session.AddUnreadReplay(missed.Bytes + resumed.Held.Bytes);
        missed.Send();
        resumed.Held.Send();
        // The view replaces the missed events of the rules.
        views?.SendTo(session);
        session.Membership.SkippedEvents = missed.Skipped + resumed.Held.Skipped;
        session.Membership.PresenceOffset = replica.Position.Offset;
    }
}
