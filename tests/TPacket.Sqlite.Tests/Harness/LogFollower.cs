using System.Buffers.Binary;
using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>Checks the packets of a client that follows the log: one snapshot, then every event with the next offset (docs/protocol.md, Following a room's log).</summary>
internal sealed class LogFollower(RoomLedger ledger, string room)
{
    private const int StampLength = 16;

    private ulong _epoch;
    private long _offset;
    private bool _isInSnapshot;
    private bool _hasSnapshot;

    /// <summary>The number of events after the snapshot.</summary>
    public int Events { get; private set; }

    /// <summary>Handles the next packet other than a receipt.</summary>
    public void Take(Packet packet)
    {
        if (packet.Command == Wire.Snapshot)
            TakeSnapshot(packet);
        else if (packet.Command == Wire.Event)
            TakeEvent(packet);
        else
            // Everything of the log arrives as an event, except for the roster of a snapshot.
            Assert.True(_isInSnapshot && packet.Command == Wire.NewUser, $"Bare: {packet}.");
    }

    /// <summary>Handles a receipt. Its event must have arrived before.</summary>
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
        // A second snapshot is an error: the server can replay every event.
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
        Assert.True(_hasSnapshot && (_isInSnapshot || offset == _offset), $"Event {offset} arrived instead of {_offset}.");
        var inner = Packet.Decode(packet.Data.AsSpan(StampLength));
        // A message of the history begins with the nick, and p2 is its length.
        var text = inner.Command switch
        {
            Wire.NewMsg => inner.Text,
            Wire.LoggedMsg => Encoding.UTF8.GetString(inner.Data.AsSpan(inner.P2 + ": ".Length)),
            _ => null,
        };
        ledger.Confirm(_epoch, offset, BinaryPrimitives.ReadUInt64LittleEndian(packet.Data.AsSpan(8)), text);
    }
}
