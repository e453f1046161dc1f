using TPacket.Protocol;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms;

/// <summary>
/// Who is in a room, and what waits to be told of that. In a large room comings and goings wait, so that many are told in one write; and members who count are told of those users only who have
/// said something, and of how many there are. Guarded by the delivery's lock.
/// </summary>
internal sealed class RoomPresence(TPacketServerOptions options)
{
    // Everybody in the room as the log has told it, also on other servers: whoever is not here must not be heard.
    private readonly HashSet<int> _present = [];

    // Those of whom members who count have not been told; only in a large room.
    private Dictionary<int, RoomMember>? _unannounced;
    private PresenceRun? _forAll;
    private PresenceRun? _forCounting;

    public int Count => _present.Count;

    /// <summary>Whether comings and goings wait.</summary>
    public bool IsLarge => _present.Count > options.LargeRoomMembers;

    /// <summary>Whether something waits.</summary>
    public bool IsPending => _forAll is { IsEmpty: false } || _forCounting is { IsEmpty: false };

    // A run has to fit into the queue of a member that is slow, beside what is there.
    private int MaxRun => Math.Max(1, options.OutboundQueuePackets / 4);

    public bool Contains(int id) => _present.Contains(id);

    /// <summary>Whether members who count have been told of a user.</summary>
    public bool IsAnnounced(int id) => _unannounced?.ContainsKey(id) != true;

    /// <summary>The first member here brings the roster.</summary>
    public void Begin(IReadOnlyList<RoomMember> roster)
    {
        Drop();
        _present.Clear();
        _unannounced = null;
        for (var i = 0; i < roster.Count; i++)
            _present.Add(roster[i].Id);
        for (var i = 0; IsLarge && i < roster.Count; i++)
            Hide(roster[i]);
    }

    public void Add(int id) => _present.Add(id);

    public void Remove(int id)
    {
        _present.Remove(id);
        _unannounced?.Remove(id);
    }

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

    /// <summary>Those of a roster whom a newcomer who counts is told of: itself, and who is announced.</summary>
    public IReadOnlyList<RoomMember> Announced(IReadOnlyList<RoomMember> roster, int newcomer) =>
        _unannounced is null ? roster : [.. roster.Where(member => member.Id == newcomer || IsAnnounced(member.Id))];

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
