using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rooms.Presence;
using TPacket.Server.Sessions;
using TPacket.WebSockets;
using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// Continues the delivery from a snapshot: sends the snapshot to followers, and the difference from the replica to other members. Guarded by the delivery's lock.
/// </summary>
/// <param name="replica">The room as the members have received it.</param>
/// <param name="members">The room's members on this server.</param>
/// <param name="presence">The pending presence, and the users that counting members have not received.</param>
/// <param name="broadcast">Sends the difference.</param>
/// <param name="options">The limits.</param>
internal sealed class RoomReset(RoomReplica replica, RoomMembers members, RoomPresence presence, RoomBroadcast broadcast, TPacketServerOptions options)
{
    /// <summary>Sends the snapshot or the difference, and resets the replica.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="isTorn">Whether an event may have reached some of the members and not others.</param>
    /// <param name="evict">Evicts the connection here of a member that the log has removed.</param>
    public void Continue(string room, RoomSnapshot snapshot, bool isTorn, Action<RoomMember> evict)
    {
        // The pending presence precedes the difference.
        presence.SendPending();
        var wasLarge = presence.IsLarge;
        var isNews = isTorn || snapshot.Position != replica.Position;
        EvictLost(snapshot, evict);
        if (isTorn)
            CloseBare();
        SendDifference(snapshot);
        replica.Reset(snapshot);
        // Offsets of different epochs cannot be compared.
        foreach (var member in members.All)
            member.Membership.PresenceOffset = snapshot.Position.Offset;
        if (wasLarge && !presence.IsLarge)
            presence.IntroduceAll(snapshot.Position.Offset + 1);
        presence.SendPending();
        if (wasLarge || presence.IsLarge)
            presence.CountLater();
        if (isNews)
            SendSnapshots(room);
    }

    /// <summary>
    /// Closes the connections of members who do not follow the log, after an event that not all of them have received.
    /// They cannot receive a snapshot; they reconnect and receive roster and history.
    /// </summary>
    private void CloseBare()
    {
        foreach (var member in members.All)
        {
            if (!member.Membership.FollowsLog)
                member.Connection.Close(CloseStatus.TryAgainLater, "an event could not be delivered");
        }
    }

    private void EvictLost(RoomSnapshot snapshot, Action<RoomMember> evict)
    {
        var sessions = snapshot.Members.Select(static member => (member.Id, member.Session)).ToHashSet();
        foreach (var member in replica.CopyMembers())
        {
            if (!sessions.Contains((member.Id, member.Session)))
                evict(member);
        }
    }

    /// <summary>
    /// Sends the changes of the roster and the messages since the replica's position to members
    /// who do not follow the log. Counting members keep the users that they have received.
    /// </summary>
    private void SendDifference(RoomSnapshot snapshot)
    {
        var isLarge = snapshot.Members.Count > options.LargeRoomMembers;
        var sessions = snapshot.Members.Select(static member => (member.Id, member.Session)).ToHashSet();
        foreach (var member in replica.CopyMembers())
        {
            if (sessions.Contains((member.Id, member.Session)))
                continue;
            broadcast.SendBare(EventPackets.DelUser(member.Id, member.NickUtf8), toCounting: presence.IsAnnounced(member.Id));
            presence.Forget(member.Id);
        }

        foreach (var member in snapshot.Members)
        {
            var before = replica.Find(member.Id);
            if (before?.Session == member.Session && before.Nick == member.Nick)
            {
                if (before.IsAway != member.IsAway)
                    SendPresence(member, presence.IsAnnounced(member.Id));
                continue;
            }

            var isKnown = before?.Session == member.Session && presence.IsAnnounced(member.Id);
            if (before?.Session == member.Session)
                broadcast.SendBare(EventPackets.DelUser(member.Id, before.NickUtf8), isKnown);
            // Counting members do not receive the joins of a large room.
            if (isLarge && !isKnown)
                presence.Hide(member);
            else
                presence.Announce(member.Id);
            broadcast.SendBare(EventPackets.NewUser(member), toCounting: !isLarge || isKnown);
            if (member.IsAway)
                SendPresence(member, toCounting: !isLarge || isKnown);
        }

        if (snapshot.Position.Epoch != replica.Position.Epoch)
            return;
        foreach (var said in snapshot.History.Where(said => said.Offset > replica.Position.Offset && said.Offset <= snapshot.Position.Offset))
        {
            // The author may have left since. A LOGGED_MSG carries no user id, so the client needs no entry for the author.
            var text = new byte[Math.Min(LoggedText.Length(said), options.MaxLoggedMessageBytes)];
            broadcast.SendBare(EventPackets.Logged(text.AsSpan(0, LoggedText.Write(text, said))));
        }
    }

    private void SendPresence(RoomMember member, bool toCounting) =>
        broadcast.SendBare(EventPackets.Presence(member.Id, member.IsAway), toCounting, toAll: false);

    /// <summary>
    /// Sends a snapshot to each follower. Followers of one audience share the bytes. A counting follower that
    /// other counting members have not received gets bytes of its own, because its roster includes itself.
    /// </summary>
    private void SendSnapshots(string room)
    {
        var shared = new (FrameBuffer? Frames, int Packets)[RoomMembers.Audiences];
        try
        {
            foreach (var member in members.All)
            {
                if (!member.Membership.FollowsLog)
                    continue;
                if (member.Membership.CountsPresence && !presence.IsAnnounced(member.Id))
                {
                    SendOwn(member, room);
                    continue;
                }

                ref var snapshot = ref shared[(int)member.Membership.Audience];
                snapshot.Frames ??= Encode(member, room, out snapshot.Packets);
                member.Connection.Send(snapshot.Frames, 0, snapshot.Frames.Length, snapshot.Packets, counted: false);
            }
        }
        finally
        {
            foreach (var (frames, _) in shared)
                frames?.Release();
        }
    }

    private void SendOwn(Session member, string room)
    {
        var frames = Encode(member, room, out var packets);
        try
        {
            member.Connection.Send(frames, 0, frames.Length, packets, counted: false);
        }
        finally
        {
            frames.Release();
        }
    }

    private FrameBuffer Encode(Session member, string room, out int packets) =>
        new JoinPackets(replica, member.Membership.CountsPresence ? presence : null, member, options.MaxLoggedMessageBytes).EncodeSnapshot(null, room, out packets);
}
