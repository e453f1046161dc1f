using System.Text;

namespace TPacket.Server.Tests.Harness;

/// <summary>The packets from the begin of a SNAPSHOT to its end.</summary>
internal sealed record SnapshotReceived(RoomPosition Position, string Room, IReadOnlyList<Packet> Roster, IReadOnlyList<LogEvent> History)
{
    /// <summary>Removes a snapshot from the front of the packets that a client has received.</summary>
    public static SnapshotReceived TakeFrom(List<Packet> packets)
    {
        Assert.Equal((-1, Wire.Snapshot, 1, 0), (packets[0].Uid, packets[0].Command, packets[0].P1, packets[0].P2));
        var end = packets.FindIndex(static p => p.Command == Wire.Snapshot && p.P1 == 0);
        Assert.True(end > 0, "The snapshot has no end.");
        Assert.Equal((-1, 0, 0), (packets[end].Uid, packets[end].P2, packets[end].Data.Length));
        var inside = packets[1..end];
        var roster = inside.TakeWhile(static p => p.Command != Wire.Event).ToList();
        var begin = packets[0].Data;
        var taken = new SnapshotReceived(RoomPosition.Read(begin), Encoding.UTF8.GetString(begin.AsSpan(24)), roster, [.. inside.Skip(roster.Count).Select(LogEvent.Of)]);
        packets.RemoveRange(0, end + 1);
        return taken;
    }
}
