using System.Buffers.Binary;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.WebSockets.Messages;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Checks the packets that a server has sent to one client. The client of 2021 dereferences a null pointer when it receives a message of an unknown user, and has a buffer of 255 bytes. A newer client
/// may accept member counts, follow the room's log and receive receipts. While it follows, each event of the log arrives in an EVENT packet, and offsets rise.
/// </summary>
/// <param name="mayAsk">Whether the client may have accepted commands beyond the original ones.</param>
internal sealed class ClientOracle(bool mayAsk)
{
    private const int OldClientsRoom = 255;
    private const int StampSize = 16;
    private const int PositionSize = 24;

    private readonly HashSet<int> _users = [];
    private bool _follows;
    private bool _isInSnapshot;
    private ulong _epoch;
    private long _offset = RoomPosition.NoEvent;
    private ulong _check;

    /// <summary>The position after the last event that the client has received.</summary>
    public RoomPosition Position => new(_epoch, _offset, _check);

    public void Read(byte[] sent)
    {
        var head = sent.AsSpan().IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return;
        var rest = sent.AsSpan(head + 4);
        var reader = new MessageReader(expectMasked: false, 1 << 20);
        while (true)
        {
            var result = reader.Read(ref rest, out var payload);
            if (result == ReadResult.NeedMore)
                break;
            FindingException.Unless(result is ReadResult.Binary or ReadResult.Ping or ReadResult.Pong or ReadResult.Close, $"the server sent {result}");
            if (result == ReadResult.Binary)
                Take(payload);
            else if (result == ReadResult.Close)
                FindingException.Unless(rest.IsEmpty, "bytes after a close frame");
        }

        reader.Release();
    }

    private static long OffsetOf(in PacketHeader header) => (uint)header.P1 | ((long)header.P2 << 32);

    private void Take(ReadOnlySpan<byte> message)
    {
        FindingException.Unless(PacketReader.TryReadMessage(message, out var header, out var data) == PacketReadStatus.Done, "the server sent no packet");
        switch ((PacketCommand)header.Command)
        {
            case PacketCommand.Event when mayAsk && _follows:
                TakeEvent(header, data);
                break;
            case PacketCommand.Snapshot when mayAsk:
                TakeSnapshot(header, data);
                break;
            case PacketCommand.Receipt when mayAsk:
                FindingException.Unless(header.Uid > 0 && data.Length == StampSize && OffsetOf(header) >= 0, "an invalid receipt");
                break;
            case PacketCommand.Resume:
                TakeResume(header);
                break;
            case PacketCommand.Presence when mayAsk && !_follows:
            case PacketCommand.Presence when _isInSnapshot:
                FindingException.Unless(header.Uid == PacketHeader.Unasked && _users.Contains(header.P1), "the absence of an unknown user");
                break;
            case PacketCommand.Session:
            case PacketCommand.MemberCount when mayAsk:
            case PacketCommand.RespOk or PacketCommand.RespError:
                break;
            case PacketCommand.NewUser:
                _users.Add(header.P1);
                break;
            default:
                FindingException.Unless(!_follows, "a bare event");
                TakeOriginal(header, data);
                break;
        }
    }

    /// <summary>Checks the reply to RESUME, after which the client continues its log or begins with a new log.</summary>
    private void TakeResume(in PacketHeader header)
    {
        FindingException.Unless(header.Uid > 0 && header.P1 is >= 0 and <= 2, "an invalid reply to RESUME");
        FindingException.Unless(header.P1 != 0 || _follows, "a replay for a client that does not follow");
        if (header.P1 == 0)
            return;
        _users.Clear();
        _follows = false;
    }

    private void TakeSnapshot(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        FindingException.Unless(_isInSnapshot != (header.P1 == 1), "a snapshot within a snapshot, or an end without a begin");
        _isInSnapshot = header.P1 == 1;
        if (!_isInSnapshot)
            return;
        FindingException.Unless(data.Length > PositionSize, "a snapshot without a position");
        _follows = true;
        _users.Clear();
        var position = RoomPosition.Read(data);
        (_epoch, _offset, _check) = (position.Epoch, position.Offset, position.Check);
    }

    private void TakeEvent(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        FindingException.Unless(data.Length >= StampSize, "an event without time and check");
        var offset = OffsetOf(header);
        FindingException.Unless(_isInSnapshot ? offset <= _offset : offset > _offset, $"offset {offset} after {_offset}");
        if (!_isInSnapshot)
            (_offset, _check) = (offset, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
        for (var rest = data[StampSize..]; !rest.IsEmpty;)
        {
            FindingException.Unless(PacketReader.TryRead(rest, rest.Length, out var inner, out var innerData) == PacketReadStatus.Done, "no packet within an event");
            TakeOriginal(inner, innerData);
            rest = rest[inner.PacketLength..];
        }
    }

    private void TakeOriginal(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        FindingException.Unless(header.Uid == PacketHeader.Unasked, "an event with a uid");
        FindingException.Unless(_follows || data.Length <= OldClientsRoom, "more data than the client has room for");
        switch ((PacketCommand)header.Command)
        {
            case PacketCommand.NewUser:
                _users.Add(header.P1);
                break;
            case PacketCommand.DelUser:
                FindingException.Unless(_users.Remove(header.P1), "the leave of an unknown user");
                break;
            case PacketCommand.NewMsg:
                FindingException.Unless(_users.Contains(header.P1), "a message of an unknown user");
                break;
            case PacketCommand.LoggedMsg:
                break;
            case PacketCommand.Presence when mayAsk:
                FindingException.Unless(_users.Contains(header.P1), "the absence or return of an unknown user");
                break;
            default:
                throw new FindingException($"command {header.Command}, which the client has not accepted");
        }
    }
}
