using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Rooms;

/// <summary>Rooms with a limit of members.</summary>
public class FullRoomTests
{
    [Fact]
    public async Task A_user_beyond_the_limit_is_refused_and_stays_in_its_room()
    {
        await using var server = await TestServer.StartAsync(static o => (o.MaxRoomMembers, o.AllowRoomChange) = (1, true));
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "other");

        var reply = await bob.ReplyAsync(Wire.SetRoom, "room");

        Assert.Equal((Wire.RespError, Wire.ErrorRoomFull, "Room 'room' is full."), (reply.Command, reply.P1, reply.Text));
        await bob.SayAsync("still in the other room");
        Assert.Equal(["other"], server.Rooms.Find("other")!.Users.Select(static user => user.Room!.Name));
        Assert.Empty(await alice.FenceAsync());
        await alice.CloseAsync();
        await server.EndedAsync();
        Assert.Equal(Wire.RespOk, (await bob.FenceUntilReplyAsync(Wire.SetRoom, "room")).Command);
        Assert.DoesNotContain(server.Logs.All, static e => e.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task A_member_that_is_away_keeps_its_place_in_a_full_room()
    {
        await using var server = await TestServer.StartAsync(static o => o.MaxRoomMembers = 1);
        var token = NewToken();
        await using var alice = await server.JoinWithSessionAsync("alice", token);
        alice.Cut();
        await server.AwayAsync();
        await using var bob = await server.SignInAsync("bob");

        Assert.Equal(Wire.ErrorRoomFull, (await bob.ReplyAsync(Wire.SetRoom, "room")).P1);

        await using var again = await server.ResumeAsync(token);
        var reply = await again.ReceiveAsync();
        Assert.Equal((Wire.Resume, 1), (reply.Command, reply.P1));
    }

    [Fact]
    public async Task A_room_has_its_own_limit_as_long_as_it_is_open()
    {
        await using var server = await TestServer.StartAsync(static o => o.MaxRoomMembers = 1);
        await using var table = await server.Services.GetRequiredService<IRoomDirectory>().OpenAsync("table");
        Assert.Null(table.Room.MaxMembers);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Room.MaxMembers = 0);
        table.Room.MaxMembers = 2;
        await using var alice = await server.JoinAsync("alice", "table");
        await using var bob = await server.JoinAsync("bob", "table");
        await using var carol = await server.SignInAsync("carol");

        Assert.Equal(Wire.ErrorRoomFull, (await carol.ReplyAsync(Wire.SetRoom, "table")).P1);
        Assert.Equal(Wire.RespOk, (await carol.FenceUntilReplyAsync(Wire.SetRoom, "other")).Command);
        var user = server.Services.GetRequiredService<IUserDirectory>().Users.Single(static user => user.Nick == "carol");
        await Assert.ThrowsAsync<RoomFullException>(async () => await user.EnterRoomAsync("table"));
        table.Room.MaxMembers = null;
        Assert.Equal(2, table.Room.MemberCount);
    }
}
