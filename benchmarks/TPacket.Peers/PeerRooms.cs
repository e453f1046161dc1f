using System.Buffers.Binary;
using System.Text;

namespace TPacket.Peers;

/// <summary>
/// A minimal tPacket server with rooms: no limits, no checks, no history. A message is encoded once for all members, with or without its frame.
/// </summary>
internal sealed class PeerRooms
{
    private const int HeaderLength = 24;
    private const int SetUserNick = 1;
    private const int SetRoom = 2;
    private const int RespOk = 3;
    private const int NewUser = 5;
    private const int DelUser = 6;
    private const int NewMsg = 7;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<Member>> _rooms = [];
    private int _lastId = 0x1000;

    /// <summary>Handles a packet.</summary>
    public void Handle(Member member, ReadOnlySpan<byte> packet)
    {
        var uid = BinaryPrimitives.ReadInt32LittleEndian(packet[4..]);
        var data = packet[HeaderLength..];
        if (member.Id == 0)
        {
            // The magic string.
            member.Id = Interlocked.Increment(ref _lastId);
            return;
        }

        switch (BinaryPrimitives.ReadInt32LittleEndian(packet[12..]))
        {
            case SetUserNick:
                member.Nick = data.ToArray();
                member.Send(Pack(uid, RespOk, 0, []));
                break;
            case SetRoom:
                Enter(member, uid, Encoding.UTF8.GetString(data));
                break;
            case NewMsg when member.Room is { } room:
                Tell(room, Pack(-1, NewMsg, member.Id, data));
                break;
        }
    }

    /// <summary>Removes a member.</summary>
    public void Leave(Member member)
    {
        if (member.Room is not { } room)
            return;
        lock (_gate)
            room.Remove(member);
        Tell(room, Pack(-1, DelUser, member.Id, member.Nick));
    }

    private static byte[] Pack(int uid, int command, int p1, ReadOnlySpan<byte> data)
    {
        var packet = new byte[HeaderLength + data.Length];
        "Ej8@"u8.CopyTo(packet);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(4), uid);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(8), packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(12), command);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(16), p1);
        data.CopyTo(packet.AsSpan(HeaderLength));
        return packet;
    }

    private void Enter(Member member, int uid, string name)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(name, out var room))
                _rooms.Add(name, room = []);
            member.Room = room;
            var hello = Pack(-1, NewUser, member.Id, member.Nick);
            foreach (var other in room)
                other.Send(hello);
            room.Add(member);
            member.Send(Pack(uid, RespOk, 0, []));
            foreach (var other in room)
                member.Send(Pack(-1, NewUser, other.Id, other.Nick));
        }
    }

    private void Tell(HashSet<Member> room, byte[] packet)
    {
        lock (_gate)
        {
            foreach (var member in room)
                member.Send(packet);
        }
    }

    /// <summary>A member of a room.</summary>
    internal abstract class Member
    {
        public int Id { get; set; }

        public byte[] Nick { get; set; } = [];

        public HashSet<Member>? Room { get; set; }

        /// <summary>Sends a packet as a message. Does not wait. Calls of one room are sequential.</summary>
        public abstract void Send(byte[] packet);
    }
}
