using TPacket.Protocol;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms;

/// <summary>
/// Who is in a room, and what waits to be told of that. In a large room comings and goings wait, so that many are told in one write; and members who count are told of those users only who have
/// said something, and of how many there are. Guarded by the delivery's lock.
/// </summary>
internal sealed class RoomPresence(RoomReplica replica, TPacketServerOptions options)
{
    // Those of whom members who count have not been told; only in a large room.
    private Dictionary<int, RoomMember>? _unannounced;
    private PresenceRun? _forAll;
    private PresenceRun? _forCounting;

    /// <summary>Whether comings and goings wait.</summary>
    public bool IsLarge => replica.MemberCount > options.LargeRoomMembers;

    /// <summary>Whether something waits.</summary>
    public bool IsPending => _forAll is { IsEmpty: false } || _forCounting is { IsEmpty: false };

    // A run has to fit into the queue of a member that is slow, beside what is there.
    private int MaxRun => Math.Max(1, options.OutboundQueuePackets / 4);

    /// <summary>Whether members who count have been told of a user.</summary>
    public bool IsAnnounced(int id) => _unannounced?.ContainsKey(id) != true;

    /// <summary>Begins anew with the roster as it is.</summary>
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

    /// <summary>Members who count are not told of a user, or of its new nick.</summary>
    public void Hide(RoomMember member) => (_unannounced ??= [])[member.Id] = member;

    /// <summary>Members who count are about to be told of a user.</summary>
    public void Announce(int id) => _unannounced?.Remove(id);

    /// <summary>Members who count are about to be told of everybody.</summary>
    public IEnumerable<RoomMember> AnnounceAll()
    {
        var all = _unannounced?.Values;
        _unannounced = null;
        return all ?? Enumerable.Empty<RoomMember>();
    }

    /// <summary>Keeps a packet until more can be told with it.</summary>
    /// <returns>False when what waits has to be told first.</returns>
    public bool TryDefer(long offset, PacketCommand command, int id, ReadOnlySpan<byte> nick, bool forAll, bool forCounting)
    {
        if ((forAll && _forAll?.HasRoomFor(nick.Length) == false) || (forCounting && _forCounting?.HasRoomFor(nick.Length) == false))
            return false;
        if (forAll)
            (_forAll ??= new PresenceRun(MaxRun)).Add(offset, command, id, nick);
        if (forCounting)
            (_forCounting ??= new PresenceRun(MaxRun)).Add(offset, command, id, nick);
        return true;
    }

    /// <summary>Sends a member what waits for it.</summary>
    /// <returns>How many packets it was sent.</returns>
    public int SendTo(Session member) => (member.CountsPresence ? _forCounting : _forAll)?.SendTo(member) ?? 0;

    /// <summary>Nothing waits any more.</summary>
    public void Drop()
    {
        _forAll?.Clear();
        _forCounting?.Clear();
    }
}
