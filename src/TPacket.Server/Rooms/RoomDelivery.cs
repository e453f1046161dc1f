using System.Runtime.InteropServices;
using TPacket.Protocol;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>
/// The way from a room's log to its members: each event is encoded once, and every member's outbound queue takes a reference. Holds a buffer only while
/// a batch is under way, or in a large room while presence waits to be told.
/// </summary>
internal sealed class RoomDelivery(Room room, RoomRegistry rooms) : IFlushable
{
    private readonly Lock _gate = new();
    private readonly RoomMembers _members = new();
    private readonly RoomPresence _presence = new(rooms.Options);
    private FrameBuffer? _frames;
    private Session? _joining;
    private List<Missed>? _missed;
    private long _nextOffset;
    private bool _scheduled;
    private bool _presenceDue;
    private bool _countDue;

    public int MemberCount => _members.Count;

    public long NextOffset => Volatile.Read(ref _nextOffset);

    public RoomMember[] CopyMembers()
    {
        lock (_gate)
        {
            var members = new RoomMember[_members.Count];
            for (var i = 0; i < members.Length; i++)
                members[i] = _members.All[i].Member!;
            return members;
        }
    }

    /// <summary>Tells the members of an event.</summary>
    public void OnEvent(in RoomEvent roomEvent)
    {
        lock (_gate)
        {
            Volatile.Write(ref _nextOffset, roomEvent.Offset + 1);
            switch (roomEvent.Kind)
            {
                case RoomEventKind.Joined:
                    Come(roomEvent.Offset, roomEvent.Member!);
                    break;
                case RoomEventKind.Left:
                    if (rooms.Users.Find(roomEvent.Member!.Id) is Session gone)
                        RemoveMember(gone);
                    Go(roomEvent.Offset, roomEvent.Member);
                    break;
                case RoomEventKind.Renamed:
                    (rooms.Users.Find(roomEvent.Member!.Id) as Session)?.Rename(roomEvent.Member);
                    Rename(roomEvent.Offset, roomEvent.Member, roomEvent.Data.Span);
                    break;
                case RoomEventKind.Message when _members.Count > 0 && !_presence.Contains(roomEvent.Member!.Id):
                    break; // Said from outside while its user left: a client that does not know the sender may crash.
                case RoomEventKind.Message:
                    Announce(roomEvent.Offset, roomEvent.Member!);
                    Tell(roomEvent.Offset, PacketCommand.NewMsg, roomEvent.Member!.Id, roomEvent.Data.Span);
                    break;
                case RoomEventKind.Announcement:
                    Tell(roomEvent.Offset, PacketCommand.LoggedMsg, 0, LoggedText.Cut(roomEvent.Data.Span, rooms.Options.MaxLoggedMessageBytes));
                    break;
                case RoomEventKind.Packet:
                    Tell(roomEvent.Offset, (PacketCommand)roomEvent.Command, roomEvent.P1, roomEvent.Data.Span, roomEvent.P2);
                    break;
            }
        }
    }

    /// <summary>From here on, a newcomer misses events: they are kept until its snapshot is there.</summary>
    public void BeginJoin(Session session)
    {
        lock (_gate)
            _joining = session;
    }

    /// <summary>The newcomer gets its answer, roster and history in one piece, then what it missed, and is a member.</summary>
    public void EndJoin(Session session, int uid, RoomSnapshot snapshot)
    {
        lock (_gate)
        {
            if (_members.Count == 0)
                BeginPresence(snapshot);
            session.CountsPresence = session.Accepts((int)PacketCommand.MemberCount);
            var roster = session.CountsPresence ? _presence.Announced(snapshot.Members, session.Id) : snapshot.Members;
            int? count = session.CountsPresence && _presence.IsLarge ? _presence.Count : null;
            var welcome = Welcome.Encode(uid, roster, count, snapshot.History, rooms.Options.MaxLoggedMessageBytes, out var packets);
            session.Connection.Send(welcome, 0, welcome.Length, packets, counted: false);
            welcome.Release();
            foreach (var missed in MissedSince(snapshot))
            {
                if (!session.CountsPresence || !missed.IsPresence || _presence.IsAnnounced(missed.P1))
                    session.Send(missed.Command, missed.P1, missed.P2, missed.Data);
            }

            session.PresenceOffset = _nextOffset - 1;
            _members.Add(session);
            session.CurrentRoom = room;
            ForgetNewcomer();
        }
    }

    /// <summary>Nobody is joining any more.</summary>
    public void ForgetNewcomer()
    {
        lock (_gate)
        {
            _joining = null;
            _missed = null;
        }
    }

    /// <summary>Makes sure that a session is no member, also when the log did not tell so.</summary>
    public void Remove(Session session)
    {
        lock (_gate)
        {
            var member = session.Member!;
            if (RemoveMember(session))
                Go(_nextOffset, member);
            else
                _presence.Remove(member.Id);
        }
    }

    /// <summary>In a large room: tells who has come and gone, and those who count how many there are.</summary>
    public void TellPresence()
    {
        lock (_gate)
        {
            _presenceDue = false;
            TellPending();
            if (!_countDue)
                return;
            _countDue = false;
            foreach (var member in _members.All)
            {
                if (member.CountsPresence)
                    member.SendPacket(PacketHeader.Unasked, (int)PacketCommand.MemberCount, _presence.Count, 0, []);
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (_gate)
        {
            _scheduled = false;
            _frames?.Release();
            _frames = null;
        }
    }

    /// <summary>The first member here brings the roster; what has happened since the snapshot is known.</summary>
    private void BeginPresence(RoomSnapshot snapshot)
    {
        _presence.Begin(snapshot.Members);
        foreach (var missed in MissedSince(snapshot))
        {
            if (missed.Command == (int)PacketCommand.NewUser)
                _presence.Add(missed.P1);
            else if (missed.Command == (int)PacketCommand.DelUser)
                _presence.Remove(missed.P1);
            else if (missed.Command == (int)PacketCommand.NewMsg)
                _presence.Announce(missed.P1);
        }

        if (!_presence.IsLarge)
            _presence.AnnounceAll();
    }

    /// <summary>What a newcomer has to get behind its snapshot; the log may have told it of more.</summary>
    private ReadOnlySpan<Missed> MissedSince(RoomSnapshot snapshot)
    {
        var missed = CollectionsMarshal.AsSpan(_missed);
        var seen = 0;
        while (seen < missed.Length && missed[seen].Offset <= snapshot.Offset)
            seen++;
        return missed[seen..];
    }

    private void Come(long offset, RoomMember member)
    {
        _presence.Add(member.Id);
        if (_members.Count > 0 && _presence.IsLarge)
        {
            Defer(offset, PacketCommand.NewUser, member.Id, member.NickUtf8, forCounting: false);
            _presence.Hide(member);
            _countDue = true;
        }
        else
        {
            Tell(offset, PacketCommand.NewUser, member.Id, member.NickUtf8);
        }
    }

    private void Go(long offset, RoomMember member)
    {
        var wasLarge = _presence.IsLarge;
        var wasAnnounced = _presence.IsAnnounced(member.Id);
        _presence.Remove(member.Id);
        if (_members.Count == 0 || !wasLarge)
        {
            Tell(offset, PacketCommand.DelUser, member.Id, member.NickUtf8);
            return;
        }

        Defer(offset, PacketCommand.DelUser, member.Id, member.NickUtf8, wasAnnounced);
        _countDue = true;
        if (_presence.IsLarge)
            return;
        foreach (var rest in _presence.AnnounceAll())
            Defer(offset, PacketCommand.NewUser, rest.Id, rest.NickUtf8, forCounting: true, forAll: false);
    }

    private void Rename(long offset, RoomMember renamed, ReadOnlySpan<byte> oldNick)
    {
        if (_members.Count == 0 || !_presence.IsLarge)
        {
            Tell(offset, PacketCommand.DelUser, renamed.Id, oldNick);
            Tell(offset, PacketCommand.NewUser, renamed.Id, renamed.NickUtf8);
            return;
        }

        var announced = _presence.IsAnnounced(renamed.Id);
        Defer(offset, PacketCommand.DelUser, renamed.Id, oldNick, announced);
        Defer(offset, PacketCommand.NewUser, renamed.Id, renamed.NickUtf8, announced);
        if (announced)
            return;
        _presence.Hide(renamed);
        if (rooms.Users.Find(renamed.Id) is not Session { CountsPresence: true } itself || itself.CurrentRoom != room)
            return;
        // It has itself in its roster, though nobody else who counts has.
        TellPending();
        itself.Send((int)PacketCommand.DelUser, renamed.Id, 0, oldNick);
        itself.Send((int)PacketCommand.NewUser, renamed.Id, 0, renamed.NickUtf8);
    }

    /// <summary>A user is about to be heard: members who count have to know it.</summary>
    private void Announce(long offset, RoomMember member)
    {
        if (_presence.IsAnnounced(member.Id))
            return;
        _presence.Announce(member.Id);
        Defer(offset, PacketCommand.NewUser, member.Id, member.NickUtf8, forCounting: true, forAll: false);
    }

    /// <summary>Has presence wait for more of it.</summary>
    private void Defer(long offset, PacketCommand command, int id, ReadOnlySpan<byte> nick, bool forCounting, bool forAll = true)
    {
        if (!_presence.TryDefer(offset, command, id, nick, forAll, forCounting))
        {
            TellPending();
            _presence.TryDefer(offset, command, id, nick, forAll, forCounting);
        }

        if (forAll)
            Miss(offset, (int)command, id, 0, nick);
        if (_presenceDue)
            return;
        _presenceDue = true;
        rooms.PresenceTimer.Add(this);
    }

    /// <summary>Tells what waits: because it is time, or because what comes now must not overtake it.</summary>
    private void TellPending()
    {
        if (!_presence.IsPending)
            return;
        var delivered = 0;
        foreach (var member in _members.All)
            delivered += _presence.SendTo(member);
        _presence.Drop();
        rooms.Metrics.Delivered(delivered);
    }

    private bool RemoveMember(Session session)
    {
        if (session.CurrentRoom != room)
            return false;
        session.CurrentRoom = null;
        _members.Remove(session);
        if (_members.Count == 0)
            _presence.Drop();
        return true;
    }

    private void Tell(long offset, PacketCommand command, int p1, ReadOnlySpan<byte> data, int p2 = 0)
    {
        TellPending();
        TellMembers((int)command, p1, p2, data);
        Miss(offset, (int)command, p1, p2, data);
    }

    /// <summary>A newcomer whose snapshot is not there yet may have to get it too.</summary>
    private void Miss(long offset, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        if (_joining is null || (command == (int)PacketCommand.NewUser && p1 == _joining.Id))
            return;
        (_missed ??= []).Add(new Missed(offset, command, p1, p2, data.ToArray()));
    }

    private void TellMembers(int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        if (_members.Count == 0)
            return;
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, PacketHeader.Unasked, command, p1, p2, data.Length);
        var frames = RentFor(FrameBuffer.FrameLength(PacketHeader.Size + data.Length));
        var start = frames.Length;
        var length = frames.Append(header, data);
        var compressed = default(CompressedFrames);
        var forAll = CommandRange.IsOriginal(command);
        var delivered = 0;
        foreach (var member in _members.All)
        {
            if (!forAll && !member.Accepts(command))
                continue;
            var connection = member.Connection;
            var sent = connection.SharedCompression is { } shared && compressed.By(shared, header, data) is { } smaller
                ? connection.Send(smaller, 0, smaller.Length, 1)
                : connection.Send(frames, start, length, 1);
            delivered += sent ? 1 : 0;
        }

        compressed.Release();
        rooms.Metrics.Delivered(delivered);
        if (_scheduled)
            return;
        // Outside of a batch the frames are on their way already.
        _scheduled = FlushBatch.TryAdd(this);
        if (!_scheduled)
            Flush();
    }

    private FrameBuffer RentFor(int length)
    {
        if (_frames is not null && _frames.Remaining >= length)
            return _frames;
        _frames?.Release();
        return _frames = FrameBuffer.Rent(length);
    }

    /// <summary>A packet that a newcomer has to get behind its snapshot.</summary>
    private readonly record struct Missed(long Offset, int Command, int P1, int P2, byte[] Data)
    {
        public bool IsPresence => Command is (int)PacketCommand.NewUser or (int)PacketCommand.DelUser;
    }
}
