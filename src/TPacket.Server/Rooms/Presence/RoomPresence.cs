using TPacket.Protocol;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Presence;

/// <summary>
/// Sends presence: joins, leaves, changes of nick, and absence. In a large room it defers presence,
/// so that many packets leave in one write. Counting members of a large room, which accept MEMBER_COUNT,
/// receive the number of members, and presence only of members who have sent a message. Guarded by the delivery's lock.
/// </summary>
/// <param name="replica">The room as this server has read it from the log.</param>
/// <param name="members">The room's members on this server.</param>
/// <param name="broadcast">Sends presence that is not deferred.</param>
/// <param name="options">The limits.</param>
/// <param name="timer">Ends the period.</param>
/// <param name="delivery">The delivery, which calls <see cref="SendDue"/> at the end of the period.</param>
internal sealed class RoomPresence(RoomReplica replica, RoomMembers members, RoomBroadcast broadcast, TPacketServerOptions options, PresenceTimer timer, RoomDelivery delivery)
{
    // The users in a large room that counting members have not received; null or empty if there are none.
    private Dictionary<int, RoomMember>? _unannounced;
    private PresenceRuns? _runs;
    private bool _isDue;
    private bool _isCountDue;

    /// <summary>Whether the room is large, so that presence is deferred.</summary>
    public bool IsLarge => replica.MemberCount > options.LargeRoomMembers;

    // A run has to fit into the queue of a slow member, together with the packets that are queued already.
    private PresenceRuns Runs => _runs ??= new PresenceRuns(members, Math.Max(1, options.OutboundQueuePackets / 4));

    /// <summary>Returns whether counting members have received a user.</summary>
    public bool IsAnnounced(int id) => _unannounced?.ContainsKey(id) != true;

    /// <summary>Resets the state for the first member here: in a large room, counting members have received no user.</summary>
    public void Begin()
    {
        Drop();
        _unannounced = null;
        if (!IsLarge)
            return;
        foreach (var member in replica.Members)
            Hide(member);
    }

    /// <summary>Removes a user that has left.</summary>
    public void Forget(int id) => _unannounced?.Remove(id);

    /// <summary>Records that counting members do not receive a user, or its new nick.</summary>
    public void Hide(RoomMember member) => (_unannounced ??= [])[member.Id] = member;

    /// <summary>Records that counting members receive a user.</summary>
    public void Announce(int id) => _unannounced?.Remove(id);

    /// <summary>Sends or defers a join.</summary>
    public void OnJoined(in RoomEvent joined)
    {
        if (members.Count == 0 || !IsLarge)
        {
            Send(joined);
            return;
        }

        Defer(joined, forCounting: false);
        Hide(joined.Member!);
        CountLater();
    }

    /// <summary>Sends or defers a leave.</summary>
    /// <param name="left">The event.</param>
    /// <param name="wasLarge">Whether the room was large before the leave.</param>
    public void OnLeft(in RoomEvent left, bool wasLarge)
    {
        var wasAnnounced = IsAnnounced(left.Member!.Id);
        Forget(left.Member.Id);
        if (members.Count == 0 || !wasLarge)
        {
            Send(left);
            return;
        }

        Defer(left, wasAnnounced);
        CountLater();
        if (!IsLarge)
            IntroduceAll(left.Offset);
    }

    /// <summary>Sends or defers a change of nick.</summary>
    /// <param name="renamed">The event.</param>
    /// <param name="itself">The user's connection; null if it is not here.</param>
    public void OnRenamed(in RoomEvent renamed, Session? itself)
    {
        if (members.Count == 0 || !IsLarge)
        {
            Send(renamed);
            return;
        }

        var isAnnounced = IsAnnounced(renamed.Member!.Id);
        if (!isAnnounced && itself is { Membership.CountsPresence: true })
        {
            // A user has itself in its roster, even if other counting members do not have it.
            SendPending();
            broadcast.SendTo(itself, renamed);
            itself.Membership.PresenceOffset = renamed.Offset;
        }

        Defer(renamed, isAnnounced);
        if (!isAnnounced)
            Hide(renamed.Member);
    }

    /// <summary>Sends or defers the absence or the return of a user.</summary>
    public void OnPresenceChanged(in RoomEvent changed)
    {
        if (members.Count == 0 || !IsLarge)
        {
            Send(changed);
            return;
        }

        var isAnnounced = IsAnnounced(changed.Member!.Id);
        Defer(changed, isAnnounced);
        if (!isAnnounced)
            Hide(changed.Member);
    }

    /// <summary>Sends a user to counting members, before its first message.</summary>
    public void Introduce(long offset, RoomMember member)
    {
        if (IsAnnounced(member.Id))
            return;
        Announce(member.Id);
        DeferIntroduction(offset, member);
    }

    /// <summary>Sends all remaining users to counting members, because the room is not large any more.</summary>
    public void IntroduceAll(long offset)
    {
        var all = _unannounced?.Values;
        _unannounced = null;
        foreach (var rest in all ?? Enumerable.Empty<RoomMember>())
            DeferIntroduction(offset, rest);
    }

    /// <summary>Sends the number of members to counting members, at the end of the period.</summary>
    public void CountLater()
    {
        _isCountDue = true;
        SendLater();
    }

    /// <summary>Sends the pending presence and the number of members. Called at the end of the period.</summary>
    public void SendDue()
    {
        _isDue = false;
        SendPending();
        if (!_isCountDue)
            return;
        _isCountDue = false;
        foreach (var member in members.All)
        {
            if (member.Membership.CountsPresence)
                member.SendPacket(PacketHeader.Unasked, (int)PacketCommand.MemberCount, replica.MemberCount, 0, []);
        }
    }

    /// <summary>Sends the pending presence, at the end of the period or before a packet that must not overtake it.</summary>
    public void SendPending()
    {
        if (_runs is null or { IsEmpty: true })
            return;
        foreach (var member in members.All)
            broadcast.Count(_runs.SendTo(member));
        Drop();
    }

    /// <summary>Sends the pending presence to one member. The presence stays pending for the other members.</summary>
    public void SendPendingTo(Session member)
    {
        if (_runs is not null)
            broadcast.Count(_runs.SendTo(member));
    }

    /// <summary>Drops the pending presence.</summary>
    public void Drop() => _runs?.Clear();

    private void Send(in RoomEvent roomEvent)
    {
        SendPending();
        broadcast.Send(roomEvent);
    }

    private void Defer(in RoomEvent roomEvent, bool forCounting)
    {
        if (!Runs.TryAdd(roomEvent, forCounting))
        {
            SendPending();
            Runs.TryAdd(roomEvent, forCounting);
        }

        SendLater();
    }

    private void DeferIntroduction(long offset, RoomMember member)
    {
        if (members.Count == 0)
            return;
        if (!Runs.TryIntroduce(offset, member))
        {
            SendPending();
            Runs.TryIntroduce(offset, member);
        }

        SendLater();
    }

    private void SendLater()
    {
        if (_isDue)
            return;
        _isDue = true;
        timer.Add(delivery);
    }
}
