using TPacket.Server;
using TPacket.Server.Redis.Rooms;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>The combination of notifications into one delivery.</summary>
public sealed class NotificationRunTests
{
    private const ulong Epoch = 7;

    private readonly NotificationRun _run = new();

    [Fact]
    public void Notifications_of_one_room_that_follow_each_other_become_one()
    {
        Assert.True(_run.TryAdd(At(0)));
        Assert.True(_run.TryAdd(At(1, 2)));
        Assert.True(_run.TryAdd(At(3)));

        var taken = _run.Take()!;
        Assert.Equal(("lobby", Epoch, CheckOf(-1)), (taken.Room, taken.Epoch, taken.Previous));
        Assert.Equal([0L, 1, 2, 3], taken.Events.Select(static roomEvent => roomEvent.Offset));
        Assert.Null(_run.Take());
    }

    [Fact]
    public void A_notification_that_does_not_follow_starts_another_run()
    {
        foreach (var other in new[] { At(1) with { Room = "hall" }, At(1) with { Epoch = 8 }, At(1) with { Previous = 99 }, At(2), At(0) })
        {
            Assert.True(_run.TryAdd(At(0)));
            Assert.False(_run.TryAdd(other));
            Assert.Equal([0L], _run.Take()!.Events.Select(static roomEvent => roomEvent.Offset));
            Assert.True(_run.TryAdd(other));
            Assert.Same(other, _run.Take());
        }
    }

    [Fact]
    public void A_run_is_bounded()
    {
        var added = 0;
        while (_run.TryAdd(At(added)))
            added++;

        Assert.InRange(added, 2, 64);
        Assert.Equal(added, _run.Take()!.Events.Length);
    }

    private static RoomNotification At(params long[] offsets) =>
        new("lobby", Epoch, CheckOf(offsets[0] - 1), [.. offsets.Select(static offset => RoomEvent.Announcement("hello"u8.ToArray()) with { Offset = offset, Check = CheckOf(offset) })]);

    private static ulong CheckOf(long offset) => (ulong)(offset + 1000);
}
