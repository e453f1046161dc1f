using System.Buffers.Binary;
using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>What a client that follows the log knows: one snapshot, then every event with the next offset (docs/protocol.md, Following a room's log).</summary>
internal sealed class LogFollower(RoomLedger ledger, string room)
{
    private const int StampLength = 16;

    private ulong _epoch;
    private long _offset;
    private bool _isInSnapshot;
    private bool _hasSnapshot;

    /// <summary>How many events it has received behind its snapshot.</summary>
    public int Events { get; private set; }

    /// <summary>Takes the next packet from the server, which is no receipt.</summary>
    public void Take(Packet packet)
    {
        if (packet.Command == Wire.Snapshot)
            TakeSnapshot(packet);
        else if (packet.Command == Wire.Event)
            TakeEvent(packet);
        else
            // All that is of the log comes as an event, but for the roster of a snapshot.
            Assert.True(_isInSnapshot && packet.Command == Wire.NewUser, $"Bare: {packet}.");
    }

    /// <summary>Takes a receipt, which comes behind its event.</summary>
    public void TakeReceipt(Packet receipt, string text)
    {
        var offset = OffsetOf(receipt);
        Assert.InRange(offset, 0, _offset);
        ledger.Confirm(_epoch, offset, BinaryPrimitives.ReadUInt64LittleEndian(receipt.Data.AsSpan(8)), text);
    }

    private static long OffsetOf(Packet packet) => ((long)packet.P2 << 32) | (uint)packet.P1;

    private void TakeSnapshot(Packet packet)
    {
        Assert.Equal(_isInSnapshot ? 0 : 1, packet.P1);
        _isInSnapshot = packet.P1 == 1;
        if (!_isInSnapshot)
            return;
        // The server never has a reason to send a second one: it can prove every event.
        Assert.False(_hasSnapshot);
        _hasSnapshot = true;
        _epoch = BinaryPrimitives.ReadUInt64LittleEndian(packet.Data);
        _offset = BinaryPrimitives.ReadInt64LittleEndian(packet.Data.AsSpan(8));
        Assert.Equal(room, Encoding.UTF8.GetString(packet.Data.AsSpan(24)));
        ledger.ConfirmPosition(_epoch, _offset, BinaryPrimitives.ReadUInt64LittleEndian(packet.Data.AsSpan(16)));
    }

    private void TakeEvent(Packet packet)
    {
        var offset = OffsetOf(packet);
        if (_isInSnapshot)
            Assert.True(offset <= _offset);
        else
            (_offset, Events) = (_offset + 1, Events + 1);
        Assert.True(_hasSnapshot && (_isInSnapshot || offset == _offset), $"Event {offset} comes where {_offset} is due.");
        var inner = Packet.Decode(packet.Data.AsSpan(StampLength));
        // In the history the nick comes first, and p2 is its length.
        var text = inner.Command switch
        {
            Wire.NewMsg => inner.Text,
            Wire.LoggedMsg => Encoding.UTF8.GetString(inner.Data.AsSpan(inner.P2 + ": ".Length)),
            _ => null,
        };
        ledger.Confirm(_epoch, offset, BinaryPrimitives.ReadUInt64LittleEndian(packet.Data.AsSpan(8)), text);
    }
}
