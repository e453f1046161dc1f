using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Handshake;

/// <summary>A handshake policy authenticates clients on a server without an HTTP server.</summary>
public sealed class PolicyPrincipalTests
{
    [Fact]
    public async Task The_principal_of_the_policy_is_the_users_principal()
    {
        await using var server = await StartAsync();
        await using var alice = await ConnectAsync(server, "?name=alice");
        await alice.SignInAsync("alice");
        await using var guest = await ConnectAsync(server, "");
        await guest.SignInAsync("guest");

        Assert.Equal("alice", User(server, "alice").Principal?.Identity?.Name);
        Assert.Null(User(server, "guest").Principal);
    }

    /// <summary>For alice the policy completes asynchronously.</summary>
    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task A_traced_handshake_keeps_the_principal_and_the_link_of_the_commands(string name)
    {
        await using var server = await StartAsync();
        using var activities = new ActivityCollector(server.Services);
        await using var client = await ConnectAsync(server, $"?name={name}");
        await client.SignInAsync(name);

        Assert.Equal(name, User(server, name).Principal?.Identity?.Name);
        var handshake = await activities.FirstAsync("tpacket handshake");
        Assert.Equal(handshake.Context, Assert.Single((await activities.FirstAsync("tpacket SetUserNick")).Links).Context);
    }

    [Fact]
    public async Task A_role_of_the_principal_makes_a_moderator()
    {
        await using var server = await StartAsync(build: static builder => builder.AddModeration(static options => options.Role = "moderator"));
        await using var moderator = await ConnectAsync(server, "?name=mod&role=moderator");
        await moderator.SignInAsync("mod");
        await using var alice = await ConnectAsync(server, "?name=alice");
        await alice.SignInAsync("alice");

        Assert.Equal(Wire.RespError, (await alice.ReplyAsync(Wire.Kick, "", User(server, "mod").Id)).Command);
        Assert.Equal(Wire.RespOk, (await moderator.ReplyAsync(Wire.Kick, "", User(server, "alice").Id)).Command);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_principal_takes_over_its_nick_and_another_one_does_not()
    {
        await using var server = await StartAsync(static options => options.NickTakeover = true);
        await using var first = await ConnectAsync(server, "?name=alice");
        await first.SignInAsync("alice");
        await using var thief = await ConnectAsync(server, "?name=eve");
        await thief.SendAsync(Wire.Nop, "magic string :)");
        Assert.Equal(Wire.RespError, (await thief.ReplyAsync(Wire.SetUserNick, "alice")).Command);

        await using var second = await ConnectAsync(server, "?name=alice");
        await second.SignInAsync("alice");
        Assert.Equal((WebSocketCloseStatus)4001, await first.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_session_of_a_principal_is_resumed_by_that_principal_alone()
    {
        await using var server = await StartAsync();
        var (token, next) = (NewToken(), NewToken());
        await using var alice = await ConnectAsync(server, "?name=alice");
        await alice.SignInAsync("alice");
        Assert.Equal(Wire.Session, (await alice.ReplyAsync(Wire.Session, token)).Command);

        Assert.Equal(Wire.RespError, (await ResumeAsync(server, "?name=eve", token, next)).Command);
        Assert.Equal(Wire.RespError, (await ResumeAsync(server, "", token, next)).Command);
        Assert.Equal(Wire.Resume, (await ResumeAsync(server, "?name=alice", token, next)).Command);
    }

    [Fact]
    public void A_refusal_has_no_principal()
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity("test"));
        Assert.Throws<InvalidOperationException>(() => HandshakeDecision.Refuse(401, "Sign in.").WithPrincipal(principal));
        var decision = HandshakeDecision.AcceptWith("chat").WithPrincipal(principal);
        Assert.Equal(("chat", principal), (decision.Subprotocol, decision.Principal));
        Assert.Null(HandshakeDecision.Accept.Principal);
    }

    [Fact]
    public void A_principal_that_is_not_authenticated_is_rejected()
    {
        // An identity without an authentication type: its roles would count, and its name would not.
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, "moderator")]));
        Assert.Throws<ArgumentException>(() => HandshakeDecision.Accept.WithPrincipal(principal));
    }

    private static async Task<Packet> ResumeAsync(TestServer server, string query, byte[] token, byte[] next)
    {
        await using var client = await ConnectAsync(server, query);
        await client.SendAsync(Wire.Nop, "magic string :)");
        await client.SendAsync(Wire.Resume, ResumeData(Nowhere, token, next));
        return await client.ReceiveAsync();
    }

    private static Task<TestClient> ConnectAsync(TestServer server, string query) => TestClient.ConnectAsync(new Uri(server.Uri, query));

    private static IUser User(TestServer server, string nick) => server.Services.GetRequiredService<IUserDirectory>().Users.Single(user => user.Nick == nick);

    private static Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        options,
        builder =>
        {
            builder.UseHandshakePolicy<QueryPolicy>();
            build?.Invoke(builder);
        });

    /// <summary>Takes the user's name and role from the query; for alice it decides asynchronously.</summary>
    private sealed class QueryPolicy : IHandshakePolicy
    {
        public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
        {
            if (request.Query["name"] is not { } name)
                return HandshakeDecision.Accept;
            if (name == "alice")
                await Task.Yield();
            Claim[] claims = request.Query["role"] is { } role ? [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)] : [new Claim(ClaimTypes.Name, name)];
            return HandshakeDecision.Accept.WithPrincipal(new ClaimsPrincipal(new ClaimsIdentity(claims, "query")));
        }
    }
}
