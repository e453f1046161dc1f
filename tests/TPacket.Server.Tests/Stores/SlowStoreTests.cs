using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Stores;

/// <summary>A joining client receives each event during a store's answer once, in the history or after it.</summary>
public class SlowStoreTests
{
    [Fact]
    public async Task Events_between_a_join_and_its_reply_are_neither_lost_nor_repeated()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        await alice.SayAsync("before");
        var room = server.Rooms.Find("room")!;
        var sender = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;

        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.JoinGate = gate.Task;
        await using var bob = await server.SignInAsync("bob");
        await bob.SendAsync(Wire.SetRoom, "room");
        Assert.Equal("bob", (await alice.ReceiveAsync()).Text);
        await room.SayAsync(sender, Encoding.UTF8.GetBytes("meanwhile"));
        await room.AnnounceAsync("announced");
        gate.SetResult();
        var entered = new List<Packet> { await bob.ReceiveAsync() };
        await room.SayAsync(sender, Encoding.UTF8.GetBytes("after"));
        entered.AddRange(await bob.FenceAsync());

        Assert.Equal(
            [$"{Wire.RespOk} ", $"{Wire.NewUser} alice", $"{Wire.NewUser} bob", $"{Wire.LoggedMsg} alice: before", $"{Wire.LoggedMsg} alice: meanwhile", $"{Wire.LoggedMsg} announced", $"{Wire.NewMsg} after"],
            entered.Select(p => $"{p.Command} {p.Text}"));
    }

    [Fact]
    public async Task A_client_that_disconnects_while_it_enters_leaves_the_room()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.JoinGate = gate.Task;
        using var bob = await server.ConnectRawAsync();
        await bob.SignInAsync("bob");
        await bob.SendAsync(new Packet(1, Wire.SetRoom, "room"));
        var entered = await alice.ReceiveAsync();
        Assert.Equal(Wire.NewUser, entered.Command);
        bob.Reset();
        gate.SetResult();
        Assert.Equal(new Packet(-1, Wire.DelUser, "bob", entered.P1), await alice.ReceiveAsync());
        await server.EndedAsync();
        Assert.Equal(1, server.Rooms.Find("room")!.MemberCount);
    }
}
