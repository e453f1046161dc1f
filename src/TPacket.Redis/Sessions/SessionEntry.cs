using System.Buffers.Binary;
using System.Text;

namespace TPacket.Server.Redis.Sessions;

/// <summary>Encodes sessions. Scripts read and change the part with fixed offsets, which precedes user id, nick, room and commands.</summary>
internal static class SessionEntry
{
    private const int HeadLength = 21 + (3 * SecretHash.Size);
    private const int FixedLength = HeadLength + sizeof(int) + sizeof(ushort) + 1 + sizeof(ushort);
    private const byte Away = 1;
    private const byte HasNextToken = 2;
    private const byte HasPrincipal = 4;
    private const byte HasAwayGrace = 8;

    public static byte[] Pack(SessionRecord session)
    {
        var (nick, room) = (Encoding.UTF8.GetBytes(session.Nick), session.Room is { } name ? Encoding.UTF8.GetBytes(name) : []);
        var packed = new byte[FixedLength + nick.Length + room.Length + (8 * session.AcceptedCommands.Count)];
        var span = packed.AsSpan();
        Pack(session.Generation).CopyTo(span);
        span[4] = (byte)((session.IsAway ? Away : 0) | (session.NextToken is null ? 0 : HasNextToken) | (session.Principal is null ? 0 : HasPrincipal) | (session.AwayGrace is null ? 0 : HasAwayGrace));
        Pack(session.Grace).CopyTo(span[5..]);
        Pack(session.AwayGrace ?? default).CopyTo(span[13..]);
        session.Token.Write(span[21..]);
        session.NextToken?.Write(span[53..]);
        session.Principal?.Write(span[85..]);
        BinaryPrimitives.WriteInt32LittleEndian(span[HeadLength..], session.UserId);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(HeadLength + 4)..], (ushort)nick.Length);
        span[HeadLength + 6] = session.Room is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt16LittleEndian(span[(HeadLength + 7)..], (ushort)room.Length);
        nick.CopyTo(span[FixedLength..]);
        room.CopyTo(span[(FixedLength + nick.Length)..]);
        span = span[(FixedLength + nick.Length + room.Length)..];
        foreach (var (first, last) in session.AcceptedCommands)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span, first);
            BinaryPrimitives.WriteInt32LittleEndian(span[4..], last);
            span = span[8..];
        }

        return packed;
    }

    public static SessionRecord Unpack(long number, ReadOnlySpan<byte> packed)
    {
        var nickLength = BinaryPrimitives.ReadUInt16LittleEndian(packed[(HeadLength + 4)..]);
        var roomLength = BinaryPrimitives.ReadUInt16LittleEndian(packed[(HeadLength + 7)..]);
        var rest = packed[(FixedLength + nickLength + roomLength)..];
        var commands = new (int First, int Last)[rest.Length / 8];
        for (var i = 0; i < commands.Length; i++, rest = rest[8..])
            commands[i] = (BinaryPrimitives.ReadInt32LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[4..]));
        var flags = packed[4];
        return new SessionRecord
        {
            Number = number,
            UserId = BinaryPrimitives.ReadInt32LittleEndian(packed[HeadLength..]),
            Nick = Encoding.UTF8.GetString(packed.Slice(FixedLength, nickLength)),
            Token = SecretHash.Read(packed[21..]),
            NextToken = (flags & HasNextToken) == 0 ? null : SecretHash.Read(packed[53..]),
            Principal = (flags & HasPrincipal) == 0 ? null : SecretHash.Read(packed[85..]),
            Generation = BinaryPrimitives.ReadInt32LittleEndian(packed),
            Grace = TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(packed[5..])),
            AwayGrace = (flags & HasAwayGrace) == 0 ? null : TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(packed[13..])),
            Room = packed[HeadLength + 6] == 0 ? null : Encoding.UTF8.GetString(packed.Slice(FixedLength + nickLength, roomLength)),
            AcceptedCommands = commands,
            IsAway = (flags & Away) != 0,
        };
    }

    /// <summary>Encodes a generation, as scripts compare it.</summary>
    public static byte[] Pack(int generation)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, generation);
        return bytes;
    }

    /// <summary>Encodes a grace period, as scripts copy it.</summary>
    public static byte[] Pack(TimeSpan grace)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, grace.Ticks);
        return bytes;
    }

    /// <summary>Encodes the hash of a token or a principal.</summary>
    public static byte[] Pack(SecretHash hash)
    {
        var bytes = new byte[SecretHash.Size];
        hash.Write(bytes);
        return bytes;
    }
}
