using System.Runtime.InteropServices;
using TPacket.Protocol;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>
/// The way from a room's log to its members: each event is encoded once, and every member's outbound queue takes a reference. Holds a buffer only while
/// a batch is under way.
/// </summary>
internal sealed class RoomDelivery(Room room, RoomRegistry rooms) : IFlushable
{
    private readonly Lock _gate = new();
    private readonly RoomMembers _members = new();

    // Everybody in the room as the log has told it, also on other servers: whoever is not here must not be heard.
    private readonly HashSet<int> _present = [];
    private FrameBuffer? _frames;
    private Session? _joining;
    private List<Missed>? _missed;
    private long _nextOffset;
    private bool _scheduled;

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
                    _present.Add(roomEvent.Member!.Id);
                    if (roomEvent.Member.Id != _joining?.Id)
                        Tell(roomEvent.Offset, PacketCommand.NewUser, roomEvent.Member.Id, roomEvent.Member.NickUtf8);
                    else
                        TellMembers((int)PacketCommand.NewUser, roomEvent.Member.Id, 0, roomEvent.Member.NickUtf8);
                    break;
                case RoomEventKind.Left:
                    _present.Remove(roomEvent.Member!.Id);
                    if (rooms.Users.Find(roomEvent.Member.Id) is Session gone)
                        RemoveMember(gone);
                    Tell(roomEvent.Offset, PacketCommand.DelUser, roomEvent.Member.Id, roomEvent.Member.NickUtf8);
                    break;
                case RoomEventKind.Renamed:
                    (rooms.Users.Find(roomEvent.Member!.Id) as Session)?.Rename(roomEvent.Member);
                    Tell(roomEvent.Offset, PacketCommand.DelUser, roomEvent.Member.Id, roomEvent.Data.Span);
                    Tell(roomEvent.Offset, PacketCommand.NewUser, roomEvent.Member.Id, roomEvent.Member.NickUtf8);
                    break;
                case RoomEventKind.Message when _members.Count > 0 && !_present.Contains(roomEvent.Member!.Id):
                    break; // Said from outside while its user left: a client that does not know the sender may crash.
                case RoomEventKind.Message:
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
            var welcome = Welcome.Encode(uid, snapshot, rooms.Options.MaxLoggedMessageBytes, out var packets);
            session.Connection.Send(welcome, 0, welcome.Length, packets, counted: false);
            welcome.Release();
            foreach (var missed in CollectionsMarshal.AsSpan(_missed))
            {
                if (missed.Offset > snapshot.Offset)
                    session.Send(missed.Command, missed.P1, missed.P2, missed.Data);
            }

            if (_members.Count == 0)
                BeginPresence(snapshot);
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
            _present.Remove(member.Id);
            if (RemoveMember(session))
                TellMembers((int)PacketCommand.DelUser, member.Id, 0, member.NickUtf8);
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
        _present.Clear();
        foreach (var member in snapshot.Members)
            _present.Add(member.Id);
        foreach (var missed in CollectionsMarshal.AsSpan(_missed))
        {
            if (missed.Offset > snapshot.Offset && missed.Command == (int)PacketCommand.NewUser)
                _present.Add(missed.P1);
            else if (missed.Offset > snapshot.Offset && missed.Command == (int)PacketCommand.DelUser)
                _present.Remove(missed.P1);
        }
    }

    private bool RemoveMember(Session session)
    {
        if (session.CurrentRoom != room)
            return false;
        session.CurrentRoom = null;
        _members.Remove(session);
        return true;
    }

    private void Tell(long offset, PacketCommand command, int p1, ReadOnlySpan<byte> data, int p2 = 0)
    {
        TellMembers((int)command, p1, p2, data);
        if (_joining is not null)
            (_missed ??= []).Add(new Missed(offset, (int)command, p1, p2, data.ToArray()));
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
    private readonly record struct Missed(long Offset, int Command, int P1, int P2, byte[] Data);
}
