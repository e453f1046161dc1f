using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of the identity of clients: principal and forwarded address.</summary>
public class IdentityTests
{
    private const int WhoAmI = 300;
    private const int WhereAmI = 301;

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_path_that_requires_authorization_answers_anonymous_clients_with_401(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var request = RawWebSocket.Request(app);
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task The_principal_reaches_policies_and_handlers(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        await using var client = await app.ConnectAsync(configure: As("alice"));
        await client.SendAsync(Wire.Nop, Wire.MagicString);

        Assert.Equal((Wire.RespError, Wire.ErrorNickInvalid), await ReplyAsync(client, "mallory"));
        Assert.Equal((Wire.RespOk, 0), await ReplyAsync(client, "alice"));
        Assert.Equal("alice", (await client.ReplyAsync(WhoAmI)).Text);
    }

    [Fact]
    public async Task The_principal_reaches_the_handshake_policy()
    {
        await using var app = await StartAsync(HttpKind.Http1);
        using var request = RawWebSocket.Request(app);
        request.Headers.Add("X-User", "banned");
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task The_principal_of_the_handshake_policy_replaces_the_principal_of_the_request(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(
            kind,
            services: AddAuthentication,
            tPacket: static server => server.UseHandshakePolicy<DelegationPolicy>().AddCommand(WhoAmI, ReplyName),
            use: static web => web.UseAuthentication());
        using var activities = new ActivityCollector(app.Services);
        await using var alice = await app.ConnectAsync(configure: As("alice"));
        await alice.SignInAsync("alice");
        await using var delegated = await app.ConnectAsync(configure: As("alice", onBehalfOf: "bob"));
        await delegated.SignInAsync("delegated");

        Assert.Equal("alice", (await alice.ReplyAsync(WhoAmI)).Text);
        Assert.Equal("bob", (await delegated.ReplyAsync(WhoAmI)).Text);
        // Listeners of activities change neither principal.
        var handshake = await activities.Stopped.NthAsync(2, static activity => activity.OperationName == "tpacket handshake");
        var nick = await activities.Stopped.NthAsync(2, static activity => activity.OperationName == "tpacket SetUserNick");
        Assert.Equal(handshake.Context, Assert.Single(nick.Links).Context);
    }

    [Fact]
    public async Task A_client_of_an_endpoint_has_no_principal()
    {
        await using var app = await TestApp.StartAsync(
            options: options => (options.Address, options.Port) = ("127.0.0.1", 0), tPacket: server => server.AddCommand(WhoAmI, ReplyName));
        await using var client = await TestClient.ConnectAsync(new Uri($"ws://{app.Server.EndPoints[0]}/"));
        await client.SignInAsync("alice");
        Assert.Equal("nobody", (await client.ReplyAsync(WhoAmI)).Text);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_forwarded_address_is_the_clients_address_and_counts_towards_its_limit(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(
            kind,
            options => options.MaxConnectionsPerAddress = 1,
            tPacket: server => server.AddCommand(WhereAmI, static context => Reply(context, $"{((IPEndPoint)context.User.RemoteEndPoint!).Address}")),
            use: web => web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor }));

        await using var first = await app.ConnectAsync(configure: From("192.0.2.1"));
        await using var second = await app.ConnectAsync(configure: From("192.0.2.2"));
        await second.SignInAsync("bob");
        Assert.Equal("192.0.2.2", (await second.ReplyAsync(WhereAmI)).Text);

        using var request = RawWebSocket.Request(app);
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    private static Task<TestApp> StartAsync(HttpKind kind) => TestApp.StartAsync(
        kind,
        services: static builder =>
        {
            AddAuthentication(builder);
            builder.Services.AddAuthorization();
        },
        tPacket: static server => server.UseNickPolicy<OwnNamePolicy>().UseHandshakePolicy<BanPolicy>().AddCommand(WhoAmI, ReplyName),
        use: static web => web.UseAuthentication().UseAuthorization(),
        endpoint: static endpoint => endpoint.RequireAuthorization());

    private static void AddAuthentication(WebApplicationBuilder builder) =>
        builder.Services.AddAuthentication("Header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Header", null);

    private static Action<ClientWebSocketOptions> As(string name, string? onBehalfOf = null) => socket =>
    {
        socket.SetRequestHeader("X-User", name);
        if (onBehalfOf is not null)
            socket.SetRequestHeader(DelegationPolicy.Header, onBehalfOf);
    };

    private static Action<ClientWebSocketOptions> From(string address) => socket => socket.SetRequestHeader("X-Forwarded-For", address);

    private static async Task<(int Command, int Code)> ReplyAsync(TestClient client, string nick)
    {
        var reply = await client.ReplyAsync(Wire.SetUserNick, nick);
        return (reply.Command, reply.P1);
    }

    private static ValueTask ReplyName(CommandContext context) => Reply(context, context.User.Principal?.Identity?.Name ?? "nobody");

    private static ValueTask Reply(CommandContext context, string text)
    {
        context.Reply(context.Command, data: Encoding.UTF8.GetBytes(text));
        return default;
    }

    private sealed class OwnNamePolicy : INickPolicy
    {
        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => new(
            nick == user.Principal?.Identity?.Name ? NickDecision.Accepted : NickDecision.Refuse(PacketErrorCode.NickInvalid, "This is not your name."));

        public ValueTask ReleaseAsync(string nick, IUser user) => default;
    }

    private sealed class BanPolicy : IHandshakePolicy
    {
        public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => new(
            request.Principal?.Identity?.Name == "banned" ? HandshakeDecision.Refuse(403, "You are banned.") : HandshakeDecision.Accept);
    }

    /// <summary>Decides the principal that a header names, and leaves other clients the principal of their request.</summary>
    private sealed class DelegationPolicy : IHandshakePolicy
    {
        public const string Header = "X-On-Behalf-Of";

        public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => new(
            request.GetHeader(Header) is { } name
                ? HandshakeDecision.Accept.WithPrincipal(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "delegation")))
                : HandshakeDecision.Accept);
    }
}
