using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

/// <summary>A store that fails costs the request, not the connection, and nobody is left half in a room.</summary>
public class StoreFailureTests
{
    private const int Read = 1000;
    private const int ErrorHandlerFailed = -5;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_cannot_be_read_is_the_stores_failure(bool late)
    {
        await using var server = await StartReadingAsync();
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Read)).Command);
        (store.Failing, store.Late) = ("Read", late);
        Assert.Equal(ErrorStoreFailed, (await alice.ReplyAsync(Read)).P1);
        // What the caller has done wrong is no failure of the store.
        Assert.Equal(ErrorHandlerFailed, (await alice.ReplyAsync(Read, p1: -1)).P1);
    }

    [Fact]
    public async Task A_read_that_its_caller_gives_up_is_no_failure_of_the_store()
    {
        await using var server = await StartReadingAsync();
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        using var givenUp = new CancellationTokenSource();
        await givenUp.CancelAsync();
        store.Cancelled = givenUp.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await server.Rooms.Find("room")!.ReadAsync(0, 1, givenUp.Token));
        // A wait of the store's own that ended is one of its failures.
        Assert.Equal(ErrorStoreFailed, (await alice.ReplyAsync(Read)).P1);
    }

    [Fact]
    public async Task A_join_that_cannot_be_delivered_is_no_failure_of_the_store()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        store.Confusing = "Join";
        Assert.Equal(ErrorHandlerFailed, (await alice.ReplyAsync(Wire.SetRoom, "room")).P1);
        Assert.Empty(server.Rooms.Rooms);
        store.Confusing = "";
        Assert.Equal("alice", Assert.Single(await alice.JoinAsync("room")).Text);
    }

    [Fact]
    public async Task An_event_that_cannot_be_delivered_is_no_failure_of_the_store()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        store.Confusing = "Append";
        Assert.Equal(ErrorHandlerFailed, (await alice.ReplyAsync(Wire.NewMsg, "x")).P1);
        store.Confusing = "";
        await alice.SayAsync("here");
    }

    [Fact]
    public async Task A_log_that_cannot_be_disposed_of_costs_nobody_anything()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            store.Failing = "Dispose";
            await alice.CloseAsync();
            await server.EndedAsync();
        }

        Assert.Contains(server.Logs.All, e => e.Id == 1302);
        await using var heir = await server.JoinAsync("alice", "room");
    }

    [Fact]
    public async Task A_room_that_is_gone_calls_no_store()
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        IRoom room;
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            room = server.Rooms.Find("room")!;
            await alice.CloseAsync();
            await server.EndedAsync();
        }

        store.Failing = "Append";
        Assert.False(await room.BroadcastAsync(1000));
        store.Failing = "Read";
        Assert.Empty((await room.ReadAsync(0, 1, default)).Events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_nick_is_released_once_when_a_change_of_nick_fails(bool late)
    {
        var nicks = new CountingPolicy();
        await using var server = await TestServer.StartAsync(o => o.AllowNickChange = true, b =>
        {
            b.UseRoomStore<FlakyStore>();
            b.Services.AddSingleton<INickPolicy>(nicks);
        });
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var bob = await server.JoinAsync("bob", "room");
        await using (var alice = await server.JoinAsync("alice", "room"))
        {
            await bob.FenceAsync();
            (store.Failing, store.Late) = ("Append", late);
            await alice.SendAsync(Wire.SetUserNick, "alicia");
            Assert.Equal(ErrorStoreFailed, (await alice.FenceUntilAsync(static p => p.Command == Wire.RespError))[^1].P1);
            store.Failing = "";
            // Who is known by a nick has it.
            Assert.Equal(late ? ["6 alice", "5 alicia"] : [], (await bob.FenceAsync()).Select(static p => $"{p.Command} {p.Text}"));
            Assert.Equal([late ? "alice" : "alicia"], nicks.Released.All);
            await alice.CloseAsync();
            await server.EndedAsync();
        }

        Assert.Equal(["alice", "alicia"], nicks.Released.All.Order(StringComparer.Ordinal));
    }

    private static Task<TestServer> StartReadingAsync() => TestServer.StartAsync(build: b => b.UseRoomStore<FlakyStore>().AddCommand(
        Read,
        async context =>
        {
            await context.Room!.ReadAsync(context.Header.P1, 1, default);
            context.ReplyOk();
        },
        CommandScope.Room));

    private sealed class CountingPolicy : INickPolicy
    {
        private readonly UniqueNickPolicy _unique = new();

        public Recorder<string> Released { get; } = new();

        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => _unique.ReserveAsync(nick, user);

        public ValueTask ReleaseAsync(string nick, IUser user)
        {
            Released.Add(nick);
            return _unique.ReleaseAsync(nick, user);
        }
    }
}
