using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

/// <summary>A store that fails costs the request, not the connection, and nobody is left half in a room.</summary>
public class StoreFailureTests
{
    private const int ErrorStoreFailed = -7;

    [Theory]
    [InlineData("Open", false)]
    [InlineData("Join", false)]
    [InlineData("Join", true)]
    public async Task A_join_that_fails_can_be_tried_again(string call, bool late)
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        (store.Failing, store.Late) = (call, late);
        await using var alice = await server.SignInAsync("alice");
        var refused = await alice.ReplyAsync(Wire.SetRoom, "room");
        Assert.Equal((Wire.RespError, ErrorStoreFailed), (refused.Command, refused.P1));
        Assert.Empty(server.Rooms.Rooms);
        Assert.Equal(Wire.ErrorNotInRoom, (await alice.ReplyAsync(Wire.NewMsg, "x")).P1);

        store.Failing = "";
        Assert.Equal("alice", Assert.Single(await alice.JoinAsync("room")).Text);
        await alice.SayAsync("here");
    }

    [Fact]
    public async Task A_join_that_fails_half_way_is_undone_for_those_who_are_there()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.SignInAsync("bob");
        (store.Failing, store.Late) = ("Join", true);
        Assert.Equal(ErrorStoreFailed, (await bob.ReplyAsync(Wire.SetRoom, "room")).P1);
        store.Failing = "";
        Assert.Equal(["5 bob", "6 bob"], (await alice.FenceAsync()).Select(p => $"{p.Command} {p.Text}"));
        Assert.Equal(2, (await bob.JoinAsync("room")).Count);
        Assert.Equal(new Packet(-1, Wire.NewUser, "bob", bob.Id), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task A_message_that_is_not_stored_is_refused()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        store.Failing = "Append";
        Assert.Equal(ErrorStoreFailed, (await alice.ReplyAsync(Wire.NewMsg, "lost")).P1);
        store.Failing = "";
        await alice.SayAsync("kept");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_leave_that_fails_is_told_to_the_others_once_all_the_same(bool late)
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await alice.FenceAsync();
        (store.Failing, store.Late) = ("Leave", late);
        await bob.CloseAsync();
        await server.EndedAsync();
        Assert.Equal([new(-1, Wire.DelUser, "bob", bob.Id)], await alice.FenceAsync());
        Assert.Contains(server.Logs.All, e => e.Id == 1302);
        await using var heir = await server.SignInAsync("bob");
    }
}
