using TPacket.Protocol;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Presence;

/// <summary>
/// Sends joins, leaves, changes of nick, and who is away. In a large room they wait, so that many go out in one write, and members who count receive only those of members who have said something, and how many
/// members there are. Guarded by the delivery's lock.
/// </summary>
/// <param name="replica">The room.</param>
/// <param name="members">The room's members on this server.</param>
/// <param name="broadcast">Sends what does not wait.</param>
/// <param name="options">The bounds.</param>
/// <param name="timer">Ends the period.</param>
/// <param name="delivery">The delivery, which calls <see cref="SendDue"/> at the end of the period.</param>
internal sealed class RoomPresence(RoomReplica replica, RoomMembers members, RoomBroadcast broadcast, TPacketServerOptions options, PresenceTimer timer, RoomDelivery delivery)
{
    // The members that those who count have not received; only in a large room.
    private Dictionary<int, RoomMember>? _unannounced;
    private PresenceRuns? _runs;
    private bool _isDue;
    private bool _isCountDue;

    /// <summary>Whether joins and leaves wait.</summary>
    public bool IsLarge => replica.MemberCount > options.LargeRoomMembers;

    // A run has to fit into the queue of a member that is slow, beside what is there.
    private PresenceRuns Runs => _runs ??= new PresenceRuns(members, Math.Max(1, options.OutboundQueuePackets / 4));

    /// <summary>Whether members who count have received a user.</summary>
    public bool IsAnnounced(int id) => _unannounced?.ContainsKey(id) != true;

    /// <summary>Begins anew with the roster as it is: nobody is here yet.</summary>
    public void Begin()
    {
        Drop();
        _unannounced = null;
        if (!IsLarge)
            return;
        foreach (var member in replica.Members)
            Hide(member);
    }

    /// <summary>A user is no member any more.</summary>
    public void Forget(int id) => _unannounced?.Remove(id);

    /// <summary>Members who count do not receive a user, or its new nick.</summary>
    public void Hide(RoomMember member) => (_unannounced ??= [])[member.Id] = member;

    /// <summary>Members who count are about to receive a user.</summary>
    public void Announce(int id) => _unannounced?.Remove(id);

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

    /// <summary>A user has left.</summary>
    /// <param name="left">The event.</param>
    /// <param name="wasLarge">Whether the room was large with that user.</param>
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

    /// <summary>A user has another nick.</summary>
    /// <param name="renamed">The event.</param>
    /// <param name="itself">The user's connection, where it is here.</param>
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
            // It has itself in its roster, though nobody else who counts has.
            SendPending();
            broadcast.SendTo(itself, renamed);
            itself.Membership.PresenceOffset = renamed.Offset;
        }

        Defer(renamed, isAnnounced);
        if (!isAnnounced)
            Hide(renamed.Member);
    }

    /// <summary>A user is away, or back.</summary>
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

    /// <summary>A user is about to be heard: members who count have to know it.</summary>
    public void Introduce(long offset, RoomMember member)
    {
        if (IsAnnounced(member.Id))
            return;
        Announce(member.Id);
        DeferIntroduction(offset, member);
    }

    /// <summary>The room is not large any more: members who count receive everybody.</summary>
    public void IntroduceAll(long offset)
    {
        var all = _unannounced?.Values;
        _unannounced = null;
        foreach (var rest in all ?? Enumerable.Empty<RoomMember>())
            DeferIntroduction(offset, rest);
    }

    /// <summary>Has members who count receive how many there are, when the period is over.</summary>
    public void CountLater()
    {
        _isCountDue = true;
        SendLater();
    }

    /// <summary>The period is over: sends what waits.</summary>
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

    /// <summary>Sends the presence that waits: because it is time, or because what comes now must not overtake it.</summary>
    public void SendPending()
    {
        if (_runs is null or { IsEmpty: true })
            return;
        foreach (var member in members.All)
            broadcast.Count(_runs.SendTo(member));
        Drop();
    }

    /// <summary>Sends one member the presence that waits for it too.</summary>
    public void SendPendingTo(Session member)
    {
        if (_runs is not null)
            broadcast.Count(_runs.SendTo(member));
    }

    /// <summary>Nothing waits any more.</summary>
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
