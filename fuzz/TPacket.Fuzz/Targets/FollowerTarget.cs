extern alias client;

using System.Buffers.Binary;
using client::TPacket.Client;
using client::TPacket.Client.Connection;
using client::TPacket.Client.Rooms;
using Microsoft.Extensions.Logging.Abstractions;
using TPacket.Protocol;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the client that follows the log of its room. The client accepts each packet or ends the connection. The offsets of its events rise, history is not newer than its snapshot, and an accepted
/// EVENT or RECEIPT encodes back to the same bytes.
/// </summary>
internal sealed class FollowerTarget : IFuzzTarget
{
    private const int MaxLength = 4096;
    private const int MaxUsers = 8;

    private static readonly byte[] _position = [7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] _place = [0xFA, 0x26, 0x2D, 0x27, 0xA2, 1, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1];
    private static readonly byte[] _begin = Packet(15, 1, 0, [.. _position, .. "lobby"u8]);
    private static readonly byte[] _end = Packet(15, 0, 0, []);

    public string Name => "follower";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [.. PacketHeader.Signature], [0xFF, 0xFF, 0xFF, 0xFF], [24, 0, 0, 0], [14, 0, 0, 0], [15, 0, 0, 0], [17, 0, 0, 0], ": "u8.ToArray(), _position, _place, _begin, _end, Packet(14, 10, 0, _place),
        Packet(5, 0x1000, 0, "alice"u8), Packet(6, 0x1000, 0, "alice"u8), Packet(7, 0x1000, 0, "hello"u8), Packet(8, 0x1000, 5, "alice: hello"u8), Packet(11, 300, 0, []), Packet(16, 0x1000, 1, []), Packet(14, 12, 0, [.. _place, .. Packet(16, 0x1000, 0, [])]),
    ];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [.. _begin, .. Packet(5, 0x1000, 0, "alice"u8), .. Packet(14, 3, 0, [.. _place, .. Packet(8, 0x1000, 5, "alice: hello"u8)]), .. _end, .. Packet(14, 10, 0, [.. _place, .. Packet(7, 0x1000, 0, "hello"u8)])],
        [.. _begin, .. _end, .. Packet(14, 11, 0, [.. _place, .. Packet(6, 0x1000, 0, "alice"u8), .. Packet(5, 0x1000, 0, "eve"u8)]), .. Packet(14, 5, 1, _place), .. _begin, .. _end],
        [.. _begin, .. _end, .. Packet(17, 10, 0, _place), .. Packet(7, 0x1000, 0, "for you alone"u8)],
        Packet(5, 0x1000, 0, "alice"u8),
        [],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var events = new EventDispatcher(NullLogger.Instance);
        var view = new RoomView(MaxUsers, follows: true, knowsPresence: true, events) { Nick = "alice" };
        long? told = null;
        var isHistory = false;
        events.EventReceived += roomEvent =>
        {
            FindingException.Unless(roomEvent.Offset is null == roomEvent.Time is null, "an offset without a time, or a time without an offset");
            FindingException.Unless(roomEvent.Offset is not { } offset || offset <= view.Position!.Value.Offset, "an event beyond the position");
            if (isHistory || roomEvent.Offset is not { } live)
                return;
            FindingException.Unless(live == view.Position!.Value.Offset, "a live event that is not the last");
            told = live;
        };
        view.Enter("lobby", isReentry: false);
        while (PacketReader.TryRead(input, MaxLength, out var header, out var data) == PacketReadStatus.Done)
        {
            var packet = new Packet(header.Command, header.P1, header.P2, data.ToArray()) { Uid = header.Uid };
            Reencode(packet, input[..header.PacketLength]);
            input = input[header.PacketLength..];
            var before = view.Position;
            told = null;
            try
            {
                view.Receive(packet);
            }
            catch (ConnectionEndedException)
            {
                break;
            }

            if (packet.Command == (int)PacketCommand.Snapshot)
                isHistory = packet.P1 == 1;
            FindingException.Unless(told is null || before is null || told > before.Value.Offset, "an offset that goes back");
            FindingException.Unless(view.Roster.Users.Count <= MaxUsers, "too many users");
        }

        view.Interrupt();
        view.Leave();
        FindingException.Unless(view.Roster.Users.Count == 0 && view.Position is null, "users or a position are left");
    }

    private static void Reencode(Packet packet, ReadOnlySpan<byte> expected)
    {
        if (LogEvent.TryRead(packet, out var logEvent, out var packets))
        {
            var data = new List<byte>(Place(logEvent));
            foreach (var inner in packets)
            {
                var bytes = new byte[PacketHeader.Size + inner.Data.Length];
                PacketWriter.Write(bytes, inner.Uid, inner.Command, inner.P1, inner.P2, inner.Data.Span);
                data.AddRange(bytes);
            }

            Compare(packet, logEvent, data.ToArray(), expected);
        }

        if (LogEvent.TryReadReceipt(packet, out var appended))
            Compare(packet, appended, Place(appended), expected);
    }

    private static void Compare(Packet packet, LogEvent logEvent, byte[] data, ReadOnlySpan<byte> expected)
    {
        var bytes = Packet(packet.Command, (int)logEvent.Offset, (int)(logEvent.Offset >> 32), data, packet.Uid);
        FindingException.Unless(bytes.AsSpan().SequenceEqual(expected), "does not encode back to the same bytes");
    }

    private static byte[] Place(LogEvent logEvent)
    {
        var place = new byte[LogEvent.Size];
        BinaryPrimitives.WriteInt64LittleEndian(place, logEvent.Time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(place.AsSpan(8), logEvent.Check);
        return place;
    }

    private static byte[] Packet(int command, int p1, int p2, ReadOnlySpan<byte> data, int uid = PacketHeader.Unasked)
    {
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid, command, p1, p2, data);
        return packet;
    }
}
