using TPacket.Server.Stores.Logs;

namespace TPacket.Server.Tests.Stores;

/// <summary>Two logs that agree on a check agree on every part of every event before it.</summary>
public class LogCheckTests
{
    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);

    [Fact]
    public void Every_part_of_an_event_is_in_its_check()
    {
        var check = LogCheck.Create(out _);
        var packet = RoomEvent.Packet(256, 1, 2, "data"u8.ToArray(), _alice) with { Offset = 3, Time = 4 };
        RoomEvent[] variants =
        [
            packet,
            packet with { Offset = 4 },
            packet with { Time = 5 },
            packet with { Data = "date"u8.ToArray() },
            packet with { Data = default },
            RoomEvent.Packet(257, 1, 2, "data"u8.ToArray(), _alice) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 2, 2, "data"u8.ToArray(), _alice) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 3, "data"u8.ToArray(), _alice) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 2, "data"u8.ToArray()) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 2, "data"u8.ToArray(), _alice, (RoomStream)64) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 2, "data"u8.ToArray(), _alice.WithNick("alicia")) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 2, "data"u8.ToArray(), _alice.AsReturned(1)) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 2, "data"u8.ToArray(), new RoomMember(0x1000, "alice", session: 2)) with { Offset = 3, Time = 4 },
            RoomEvent.Packet(256, 1, 2, "data"u8.ToArray(), new RoomMember(0x1001, "alice", session: 1)) with { Offset = 3, Time = 4 },
            RoomEvent.Message(_alice, "data"u8.ToArray()) with { Offset = 3, Time = 4 },
            RoomEvent.Left(_alice, LeaveCause.Moved) with { Offset = 3, Time = 4 },
            RoomEvent.Left(_alice, LeaveCause.Removed) with { Offset = 3, Time = 4 },
        ];

        Assert.Equal(variants.Length, variants.Select(variant => check.Next(7, variant)).Distinct().Count());
        Assert.NotEqual(check.Next(7, packet), check.Next(8, packet));
        Assert.Equal(check.Next(7, packet), check.Next(7, packet));
    }

    [Fact]
    public void Two_logs_compute_different_checks()
    {
        var packet = RoomEvent.Packet(256, 1, 2, default);
        var first = LogCheck.Create(out var epoch);
        var second = LogCheck.Create(out var other);

        Assert.NotEqual(epoch, other);
        Assert.NotEqual(first.Next(7, packet), second.Next(7, packet));
    }
}
