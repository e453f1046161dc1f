using System.Buffers.Binary;
using TPacket.Protocol;
using TPacket.WebSockets.Messages;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Reads what a server has sent to one client. The client of 2021 follows a null pointer when it receives a message of a user that it does not know, and has room for 255 bytes. A client that asks may count, follow the
/// room's log and get receipts; once it follows, nothing of the log is bare, and offsets rise.
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
    private long _offset;

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
                FindingException.Unless(rest.IsEmpty, "something behind a close frame");
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
                FindingException.Unless(header.Uid > 0 && data.Length == StampSize && OffsetOf(header) >= 0, "a receipt that is none");
                break;
            case PacketCommand.MemberCount when mayAsk:
            case PacketCommand.RespOk or PacketCommand.RespError:
                break;
            case PacketCommand.NewUser:
                _users.Add(header.P1);
                break;
            default:
                FindingException.Unless(!_follows, "an event that is bare");
                TakeOriginal(header, data);
                break;
        }
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
        _offset = BinaryPrimitives.ReadInt64LittleEndian(data[8..]);
    }

    private void TakeEvent(in PacketHeader header, ReadOnlySpan<byte> data)
    {
        FindingException.Unless(data.Length >= StampSize, "an event without time and check");
        var offset = OffsetOf(header);
        FindingException.Unless(_isInSnapshot ? offset <= _offset : offset > _offset, $"offset {offset} behind {_offset}");
        if (!_isInSnapshot)
            _offset = offset;
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
                FindingException.Unless(_users.Remove(header.P1), "a user leaves that never came");
                break;
            case PacketCommand.NewMsg:
                FindingException.Unless(_users.Contains(header.P1), "a message of a user that is not there");
                break;
            case PacketCommand.LoggedMsg:
                break;
            default:
                throw new FindingException($"command {header.Command}, which nobody asked for");
        }
    }
}
