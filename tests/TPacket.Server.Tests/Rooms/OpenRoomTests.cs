using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms;

/// <summary>An application opens rooms, keeps them open, appends under conditions, and reads.</summary>
public class OpenRoomTests
{
    [Fact]
    public async Task A_user_that_enters_a_lost_room_again_has_its_own_place()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(build: static b => b.UseRoomStore<ResettableStore>(), time: time);
        var users = server.Services.GetRequiredService<IUserDirectory>();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.JoinAsync("carol", "room");
        var lost = server.Rooms.Find("room");
        ((ResettableStore)server.Services.GetRequiredService<IRoomStore>()).Lose("room");
        using var deadline = Deadline.Start();
        while (server.Rooms.Find("room") == lost)
        {
            // Another thread closes the room.
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await using var dave = await server.JoinAsync("dave", "room");
        // The connections of the lost room are closing; their clients have not answered.
        await users.Find(carol.Id)!.EnterRoomAsync("room");
        await using var erin = await server.JoinAsync("erin", "room");
        await alice.DisposeAsync();
        await server.EndedAsync();
        await carol.DisposeAsync();
        await server.EndedAsync(2);
        await dave.FenceAsync();
        await erin.FenceAsync();
        await erin.SayAsync("hello");

        Assert.Equal("hello", (await dave.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task A_room_that_is_kept_open_has_its_history_when_members_enter()
    {
        await using var server = await TestServer.StartAsync();
        var handle = await server.Rooms.OpenAsync("room");
        await handle.Room.AnnounceAsync("before anybody came");
        await using (var alice = await server.SignInAsync("alice"))
        {
            Assert.Equal(["alice", "before anybody came"], (await alice.JoinAsync("room")).Select(p => p.Text));
            await alice.CloseAsync();
        }

        await server.EndedAsync();
        Assert.Same(handle.Room, Assert.Single(server.Rooms.Rooms));
        Assert.Equal(0, handle.Room.MemberCount);
        await using var bob = await server.SignInAsync("bob");
        Assert.Equal(["bob", "before anybody came"], (await bob.JoinAsync("room")).Select(p => p.Text));
        await handle.DisposeAsync();
        await handle.DisposeAsync();
        Assert.Equal("bob", Assert.Single(Assert.Single(server.Rooms.Rooms).Members).Nick);
    }

    [Fact]
    public async Task A_room_without_handles_is_closed_and_reports_it()
    {
        await using var server = await TestServer.StartAsync();
        var handle = await server.Rooms.OpenAsync("room");
        await handle.DisposeAsync();

        Assert.Empty(server.Rooms.Rooms);
        Assert.Equal(AppendStatus.Closed, (await handle.Room.AnnounceAsync("x")).Status);
        Assert.True((await handle.Room.ReadAsync(null, 1, default)).IsGone);
    }

    [Fact]
    public async Task A_broadcast_returns_a_conflict_a_closed_room_or_its_position()
    {
        await using var server = await TestServer.StartAsync();
        await using var handle = await server.Rooms.OpenAsync("room");
        var room = handle.Room;
        var start = room.Position;

        var first = await room.BroadcastAsync(300, condition: new AppendCondition { After = start });
        var conflict = await room.BroadcastAsync(300, condition: new AppendCondition { After = start });
        var second = await room.BroadcastAsync(301, condition: new AppendCondition { Streams = [room.HeadOf(RoomStream.Application)] });

        Assert.Equal((AppendStatus.Appended, 0L), (first.Status, first.Position.Offset));
        Assert.Equal((AppendStatus.Conflict, first.Position), (conflict.Status, conflict.Position));
        Assert.Equal((AppendStatus.Appended, room.Position), (second.Status, second.Position));
        var page = await room.ReadAsync(start, 10, default);
        Assert.Equal([300, 301], page.Events.Select(e => e.Command));
        Assert.Equal(room.Position, page.Position);
    }

    [Fact]
    public async Task A_reply_to_a_rename_in_a_large_room_does_not_overtake_the_packets_of_the_rename()
    {
        await using var server = await TestServer.StartAsync(o => (o.AllowNickChange, o.LargeRoomMembers, o.PresencePeriod) = (true, 1, TimeSpan.FromMinutes(1)));
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.JoinAsync("carol", "room");
        var uid = await bob.SendAsync(Wire.SetUserNick, "bobby");
        var packets = new List<Packet>();
        do
            packets.Add(await bob.ReceiveAsync());
        while (packets[^1].Uid != uid);

        Assert.Equal(["5 carol", "6 bob", "5 bobby", "3 "], packets.Select(p => $"{p.Command} {p.Text}"));
        await alice.SendAsync(Wire.NewMsg, "and nothing twice");
        await alice.FenceAsync();
        Assert.Equal(["7 and nothing twice"], (await bob.FenceAsync()).Select(p => $"{p.Command} {p.Text}"));
    }
}
