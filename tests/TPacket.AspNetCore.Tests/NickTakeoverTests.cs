using System.Net.WebSockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of the takeover of a nick by another client of the same principal.</summary>
public class NickTakeoverTests
{
    private const WebSocketCloseStatus TakenOver = (WebSocketCloseStatus)4001;

    [Theory]
    [InlineData("alice")]
    [InlineData("Alice")]
    public async Task The_new_connection_has_the_nick_before_the_old_connection_has_ended(string nick)
    {
        await using var app = await StartAsync();
        await using var bob = await JoinAsync(app, "bob", "bob");
        // The client does not answer a close frame before the test reads from it.
        await using var old = await JoinAsync(app, "alice", "alice");
        await using var fresh = await ConnectAsync(app, "alice");

        await fresh.SignInAsync(nick);
        await fresh.JoinAsync("room");

        Assert.NotEqual(old.Id, fresh.Id);
        Assert.Equal(
            [new Packet(-1, Wire.NewUser, "alice", old.Id), new Packet(-1, Wire.DelUser, "alice", old.Id), new Packet(-1, Wire.NewUser, nick, fresh.Id)],
            await bob.FenceAsync());
        Assert.Equal(TakenOver, await old.ReceiveCloseAsync());
        await fresh.SayAsync("still here");
    }

    [Fact]
    public async Task The_session_of_the_old_connection_ends()
    {
        await using var app = await StartAsync();
        await using var old = await JoinAsync(app, "alice", "alice", Token);
        await using var fresh = await ConnectAsync(app, "alice");

        await fresh.SignInAsync("alice");

        Assert.Equal(TakenOver, await old.ReceiveCloseAsync());
        Assert.Equal(Wire.ErrorSessionUnknown, (await ResumeAsync(app)).P1);
        Assert.Single(app.Services.GetRequiredService<IUserDirectory>().Users);
    }

    [Fact]
    public async Task The_takeover_removes_a_user_that_is_away()
    {
        await using var app = await StartAsync();
        await using var bob = await JoinAsync(app, "bob", "bob");
        await using var old = await JoinAsync(app, "alice", "alice", Token);
        old.Cut();
        await app.Logs.FirstAsync(static e => e.Id == 1208);
        await using var fresh = await ConnectAsync(app, "alice");

        await fresh.SignInAsync("alice");
        await fresh.JoinAsync("room");

        Assert.Equal(
            [new Packet(-1, Wire.NewUser, "alice", old.Id), new Packet(-1, Wire.DelUser, "alice", old.Id), new Packet(-1, Wire.NewUser, "alice", fresh.Id)],
            await bob.FenceAsync());
        Assert.Equal(Wire.ErrorSessionUnknown, (await ResumeAsync(app)).P1);
    }

    [Theory]
    [InlineData(true, "bob")]
    [InlineData(true, null)]
    [InlineData(false, "alice")]
    public async Task The_nick_stays_taken_for_other_principals_and_anonymous_clients_and_without_the_option(bool isAllowed, string? principal)
    {
        await using var app = await StartAsync(isAllowed);
        await using var old = await JoinAsync(app, "alice", "alice");
        await using var other = await ConnectAsync(app, principal);
        await other.SendAsync(Wire.Nop, Wire.MagicString);

        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        await old.SayAsync("still here");
    }

    [Fact]
    public async Task A_user_without_a_principal_keeps_its_nick()
    {
        await using var app = await StartAsync();
        await using var old = await JoinAsync(app, null, "alice");
        await using var other = await ConnectAsync(app, "alice");
        await other.SendAsync(Wire.Nop, Wire.MagicString);

        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        await old.SayAsync("still here");
    }

    [Fact]
    public async Task Another_nick_of_the_same_principal_stays()
    {
        await using var app = await StartAsync();
        await using var old = await JoinAsync(app, "alice", "alice at home");
        await using var bob = await JoinAsync(app, "bob", "alice");
        await using var other = await ConnectAsync(app, "alice");
        await other.SendAsync(Wire.Nop, Wire.MagicString);

        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        await old.FenceAsync();
        await bob.SayAsync("still here");
    }

    [Fact]
    public async Task A_change_of_nick_does_not_take_over_a_nick()
    {
        await using var app = await StartAsync(configure: static options => options.AllowNickChange = true);
        await using var old = await JoinAsync(app, "alice", "alice");
        await using var other = await ConnectAsync(app, "alice");
        await other.SignInAsync("alice at work");

        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        await old.SayAsync("still here");
    }

    [Fact]
    public async Task A_nick_that_the_policy_gives_to_a_user_after_the_takeover_is_free()
    {
        var policy = new GatedNickPolicy();
        var deciding = new TaskCompletionSource();
        await using var app = await StartAsync(configure: static options => options.AllowNickChange = true, policy: policy);
        await using var old = await JoinAsync(app, "alice", "alice");
        policy.Reserving = deciding.Task;
        await old.SendAsync(Wire.SetUserNick, "alison");
        await policy.Reservations.FirstAsync(static nick => nick == "alison");
        policy.Reserving = Task.CompletedTask;
        await using var fresh = await ConnectAsync(app, "alice");
        await fresh.SignInAsync("alice");

        deciding.SetResult();

        await policy.Releases.FirstAsync(static nick => nick == "alison");
        await using var bob = await JoinAsync(app, "bob", "alison");
        Assert.Equal(["alice", "alison"], policy.Releases.All.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_takeover_removes_a_user_of_another_server(bool isAway)
    {
        var link = new LinkedApps();
        await using var first = await StartAsync(link: link);
        await using var second = await StartAsync(link: link);
        await using var old = await JoinAsync(first, "alice", "alice", Token);
        if (isAway)
        {
            old.Cut();
            await first.Logs.FirstAsync(static e => e.Id == 1208);
        }

        await using var stranger = await ConnectAsync(second, "bob");
        await stranger.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await stranger.ReplyAsync(Wire.SetUserNick, "alice")).P1);

        await using var fresh = await ConnectAsync(second, "alice");
        await fresh.SignInAsync("alice");

        if (!isAway)
            Assert.Equal(TakenOver, await old.ReceiveCloseAsync());
        Assert.Empty(first.Services.GetRequiredService<IUserDirectory>().Users);
        Assert.Equal(Wire.ErrorSessionUnknown, (await ResumeAsync(first)).P1);
    }

    private static byte[] Token { get; } = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private static Task<TestApp> StartAsync(bool isAllowed = true, LinkedApps? link = null, Action<TPacketServerOptions>? configure = null, INickPolicy? policy = null) => TestApp.StartAsync(
        options: options =>
        {
            options.NickTakeover = isAllowed;
            // The test fails if the new connection waits for the old one.
            options.CloseTimeout = TimeSpan.FromHours(1);
            configure?.Invoke(options);
        },
        services: builder =>
        {
            builder.Services.AddAuthentication("Header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Header", null);
            link?.AddTo(builder.Services);
            if (policy is not null)
                builder.Services.AddSingleton(policy);
        },
        use: static web => web.UseAuthentication());

    private static Task<TestClient> ConnectAsync(TestApp app, string? principal) =>
        app.ConnectAsync(configure: principal is null ? null : socket => socket.SetRequestHeader("X-User", principal));

    private static async Task<TestClient> JoinAsync(TestApp app, string? principal, string nick, byte[]? token = null)
    {
        var client = await ConnectAsync(app, principal);
        await client.SignInAsync(nick);
        if (token is not null)
            Assert.Equal(Wire.Session, (await client.ReplyAsync(Wire.Session, token)).Command);
        await client.JoinAsync("room");
        return client;
    }

    /// <summary>Requests to resume the old session.</summary>
    private static async Task<Packet> ResumeAsync(TestApp app)
    {
        await using var client = await ConnectAsync(app, "alice");
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        return await client.ReplyAsync(Wire.Resume, [.. client.PositionBytes, .. Token, .. Token.Reverse()]);
    }
}
