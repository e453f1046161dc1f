using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Rooms.Replay;

/// <summary>Requests of others while a user resumes its session, leaves or changes its nick.</summary>
public class ReturningTests : SessionScene
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_packet_of_the_application_follows_the_reply_and_the_missed_events()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        var (bob, alice, back) = await ReturnAsync(server);
        var user = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;
        Assert.False(user.IsAway);
        Assert.True(user.Send(Wire.LoggedMsg, 0, 0, "for you"u8));
        Assert.False(user.Send(300, 0, 0, []));
        _answer.SetResult();

        var received = await back.FenceUntilAsync(static p => p.Text == "for you");
        Assert.Equal([Wire.Resume, Wire.Event, Wire.LoggedMsg], received.Select(static p => p.Command));
        Assert.True(user.Send(Wire.LoggedMsg, 0, 0, "and at once"u8));
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "and at once"), await back.ReceiveAsync());
        await bob.DisposeAsync();
        await back.DisposeAsync();
    }

    [Theory]
    [InlineData(4, 65_536)]
    [InlineData(1000, 1024)]
    public async Task Packets_of_the_application_to_a_user_that_resumes_have_the_bounds_of_the_outbound_queue(int packets, int bytes)
    {
        await using var server = await StartAsync(o => (o.OutboundQueuePackets, o.OutboundQueueBytes) = (packets, bytes), static b => b.UseRoomStore<FlakyStore>());
        var (bob, alice, back) = await ReturnAsync(server);
        var user = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;
        for (var i = 0; i < 4; i++)
            Assert.True(user.Send(Wire.LoggedMsg, 0, 0, new byte[256]));
        Assert.False(user.Send(Wire.LoggedMsg, 0, 0, "one too many"u8));
        await bob.DisposeAsync();
        await back.DisposeAsync();
        _answer.SetResult();
    }

    [Fact]
    public async Task A_kick_during_a_resumption_ends_the_session()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        var (bob, alice, back) = await ReturnAsync(server);
        server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.Disconnect("kicked");
        _answer.SetResult();

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await back.ReceiveCloseAsync());
        back.Cut();
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), (await bob.FenceUntilAsync(static p => p.Command == Wire.DelUser))[^1]);
        await using var again = await server.ResumeAsync(Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await again.ReceiveAsync()).P1);
        await bob.DisposeAsync();
    }

    [Fact]
    public async Task A_nick_policy_that_does_not_release_a_nick_keeps_the_session_for_a_bounded_time()
    {
        await using var server = await StartAsync(static o => o.AllowNickChange = true, WithGatedNicks);
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        Nicks.Releasing = _answer.Task;
        var uid = await alice.SendAsync(Wire.SetUserNick, "alicia");
        await PassUntilAsync(alice.FenceUntilAsync(p => p.Uid == uid));

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        Assert.Equal(["alicia"], (await back.FenceAsync()).Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text));
    }

    [Fact]
    public async Task A_RESUME_waits_for_a_change_of_the_session_no_longer_than_for_the_store()
    {
        await using var server = await StartAsync(
            static o => (o.AllowNickChange, o.PolicyTimeout, o.NickTimeout) = (true, TimeSpan.FromDays(40), TimeSpan.FromDays(700)), WithGatedNicks);
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        Nicks.Releasing = _answer.Task;
        var uid = await alice.SendAsync(Wire.SetUserNick, "alicia");
        await Nicks.Releases.FirstAsync(static nick => nick == "alice");

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.ErrorTryLater, (await PassUntilAsync(back.ReceiveAsync())).P1);
        _answer.SetResult();
        Assert.Equal(Wire.RespOk, (await alice.FenceUntilAsync(p => p.Uid == uid))[^1].Command);
        Assert.Equal(Wire.Resume, (await back.ReplyAsync(Wire.Resume, ResumeData(Nowhere, Token, Next))).Command);
        Assert.Equal(["alicia"], (await back.FenceAsync()).Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_has_seen_a_user_leave_can_take_its_nick(bool expires)
    {
        await using var server = await StartAsync(build: WithGatedNicks);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = expires ? await server.JoinWithSessionAsync("alice", Token) : await server.JoinAsync("alice", "room");
        await bob.FenceAsync();
        Nicks.Releasing = _answer.Task;
        alice.Cut();
        if (expires)
        {
            await server.AwayAsync();
            Time.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        await using var carol = await server.ConnectAsync();
        await carol.SendAsync(Wire.Nop, Wire.MagicString);
        var reply = carol.ReplyAsync(Wire.SetUserNick, "alice");
        // The policy refuses the nick once before it is released.
        await Nicks.Reservations.NthAsync(2, static nick => nick == "alice");
        _answer.SetResult();
        Assert.Equal(Wire.RespOk, (await reply).Command);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_nick_is_free_when_the_leave_was_delivered_though_the_store_has_not_answered()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinAsync("alice", "room");
        await bob.FenceAsync();
        (store.Failing, store.Late) = ("Left", true);
        alice.Cut();
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        await using var heir = await server.SignInAsync("alice");
        store.Failing = "";
    }

    [Fact]
    public async Task A_nick_stays_taken_while_its_holder_does_not_leave_in_time()
    {
        await using var server = await StartAsync(static o => (o.PolicyTimeout, o.NickTimeout) = (TimeSpan.FromDays(40), TimeSpan.FromDays(700)), WithGatedNicks);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinAsync("alice", "room");
        await bob.FenceAsync();
        Nicks.Releasing = _answer.Task;
        alice.Cut();
        await bob.FenceUntilAsync(static p => p.Command == Wire.DelUser);
        await using var dave = await server.ConnectAsync();
        await dave.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await PassUntilAsync(dave.ReplyAsync(Wire.SetUserNick, "alice"))).P1);
        _answer.SetResult();
    }

    [Fact]
    public void Packets_that_are_read_and_packets_that_are_held_share_one_bound()
    {
        var allowance = new ReplayAllowance(events: 3, bytes: 100);
        Assert.True(allowance.TryTakeEvent());
        Assert.True(allowance.TryTakeBytes(60));
        Assert.True(allowance.TryTakeEvent());
        Assert.True(allowance.TryTakeBytes(40));
        Assert.False(allowance.TryTakeBytes(1));
        Assert.True(allowance.TryTakeEvent());
        Assert.False(allowance.TryTakeEvent());
    }

    /// <summary>Resumes alice's session; the store of her room answers after <see cref="_answer"/>.</summary>
    private async Task<(TestClient Bob, TestClient Alice, TestClient Back)> ReturnAsync(TestServer server)
    {
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token, Wire.Event);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        await bob.SayAsync("missed");
        store.AppendGate = _answer.Task;
        var back = await server.ResumeAsync(Token, Next, alice.Position);
        await store.Appends.FirstAsync(static kind => kind == RoomEventKind.Returned);
        return (bob, alice, back);
    }
}
