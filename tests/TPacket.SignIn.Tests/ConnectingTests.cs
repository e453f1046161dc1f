using System.Net;
using System.Net.WebSockets;
using TPacket.Client;
using TPacket.Interop.Tests;
using TPacket.Protocol;

namespace TPacket.SignIn.Tests;

/// <summary>Clients that authenticate by the cookie, or by a token in a header, in the query or as a subprotocol.</summary>
public class ConnectingTests
{
    [Fact]
    public async Task A_token_as_a_subprotocol_authenticates_and_is_not_the_chosen_subprotocol()
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        var token = await TestSignIn.FetchTokenAsync(browser);
        foreach (var order in (string[][])[["tpacket", $"bearer.{token}"], [$"bearer.{token}", "tpacket"]])
        {
            using var deadline = Deadline.Start();
            using var socket = new ClientWebSocket();
            foreach (var offer in order)
                socket.Options.AddSubProtocol(offer);
            await socket.ConnectAsync(Ws(app.At("token-chat")), deadline.Token);
            Assert.Equal("tpacket", socket.SubProtocol);
        }
    }

    [Fact]
    public async Task A_token_alone_is_never_the_subprotocol()
    {
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        using var deadline = Deadline.Start();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol($"bearer.{await TestSignIn.FetchTokenAsync(browser)}");
        await socket.ConnectAsync(Ws(app.At("token-chat")), deadline.Token);
        Assert.Null(socket.SubProtocol);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("subprotocol")]
    [InlineData("header")]
    public async Task A_token_in_any_form_admits_the_client_under_the_name_of_its_account(string way)
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        await using var client = app.CreateTokenClient(browser, way);

        await client.ConnectAsync("alice", "lobby", deadline.Token);

        Assert.Equal("alice", client.Roster.Self!.Nick);
        Assert.NotNull((await client.SendAsync("hello").WaitAsync(deadline.Token)).Offset);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("subprotocol")]
    [InlineData("header")]
    public async Task An_expired_token_is_answered_401(string way)
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        var target = app.Target(way, await TestSignIn.FetchTokenAsync(browser));

        app.Time.Advance(TimeSpan.FromSeconds(10));
        await using var client = TestSignIn.CreateClient(target.Address, () => Task.FromResult<ConnectTarget?>(target));
        await Assert.ThrowsAnyAsync<TPacketClientException>(() => client.ConnectAsync("alice", "lobby", deadline.Token));

        Assert.Equal(401, client.State.Cause?.HttpStatus);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("token-chat")]
    public async Task Without_a_target_function_a_401_is_final(string path)
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        await using var client = TestSignIn.CreateClient(app.At(path));

        await Assert.ThrowsAnyAsync<TPacketClientException>(() => client.ConnectAsync("alice", "lobby", deadline.Token));

        Assert.Equal((ClientPhase.Closed, 401), (client.State.Phase, client.State.Cause?.HttpStatus));
        Assert.False(client.State.Cause!.IsTransient);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("subprotocol")]
    [InlineData("header")]
    public async Task A_connection_stays_open_after_its_token_and_the_next_one_resumes_with_a_new_token(string way)
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        var tokens = new List<string>();
        await using var client = TestSignIn.CreateClient(app.At("token-chat"), async () =>
        {
            tokens.Add(await TestSignIn.FetchTokenAsync(browser));
            return app.Target(way, tokens[^1]);
        });
        await client.ConnectAsync("alice", "lobby", deadline.Token);
        var id = client.Roster.Self!.Id;

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await client.SendAsync("still here").WaitAsync(deadline.Token);
        var back = TestSignIn.NextAsync(client, ClientPhase.Ready);
        app.Cut();
        await back.WaitAsync(deadline.Token);

        Assert.Equal(SessionContinuity.Resumed, client.State.Continuity);
        Assert.Equal(id, client.Roster.Self!.Id);
        Assert.NotEqual(tokens[0], tokens[^1]);
    }

    [Fact]
    public async Task Signing_out_disconnects_the_clients_of_the_account_for_good()
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        await using var client = app.CreateTokenClient(browser);
        await client.ConnectAsync("alice", "lobby", deadline.Token);
        var closed = TestSignIn.NextAsync(client, ClientPhase.Closed);

        using var signedOut = await browser.PostAsync("sign-out", null);

        Assert.Equal(1008, (int?)(await closed.WaitAsync(deadline.Token)).Cause?.CloseStatus);
    }

    [Fact]
    public async Task A_nick_other_than_the_name_of_the_account_is_rejected()
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("bob", "builder");
        await using var client = app.CreateTokenClient(browser);

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => client.ConnectAsync("alice", "lobby", deadline.Token));

        Assert.Equal(PacketErrorCode.NickInvalid, refused.Code);
    }

    [Fact]
    public async Task A_client_without_its_session_takes_over_the_nick_of_the_accounts_earlier_client()
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        await using var old = app.CreateTokenClient(browser);
        await using var fresh = app.CreateTokenClient(browser);
        await old.ConnectAsync("alice", "lobby", deadline.Token);
        var closed = TestSignIn.NextAsync(old, ClientPhase.Closed);

        await fresh.ConnectAsync("alice", "lobby", deadline.Token);

        Assert.Equal("alice", fresh.Roster.Self!.Nick);
        Assert.Equal(4001, (int?)(await closed.WaitAsync(deadline.Token)).Cause?.CloseStatus);
    }

    [Theory]
    [InlineData("alice", "wonderland", true)]
    [InlineData("bob", "builder", false)]
    public async Task Only_accounts_with_the_role_may_enter_the_room_of_the_staff(string name, string password, bool isStaff)
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync(name, password);
        await using var client = app.CreateTokenClient(browser);

        var entering = client.ConnectAsync(name, "staff", deadline.Token);

        if (isStaff)
            await entering;
        else
            Assert.Equal(PacketErrorCode.Refused, (await Assert.ThrowsAsync<RequestRefusedException>(() => entering)).Code);
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused_although_the_browser_adds_the_cookie()
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler, disposeHandler: false) { BaseAddress = app.At("") };
        using (var response = await browser.PostAsync("sign-in", System.Net.Http.Json.JsonContent.Create(new { name = "alice", password = "wonderland" }), deadline.Token))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        foreach (var (origin, expected) in new[] { ($"http://{app.At("").Authority}", HttpStatusCode.SwitchingProtocols), ("https://elsewhere.example", HttpStatusCode.Forbidden) })
        {
            using var socket = new ClientWebSocket();
            socket.Options.Cookies = handler.CookieContainer;
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("Origin", origin);
            var connecting = socket.ConnectAsync(Ws(app.At("chat")), deadline.Token);
            if (expected == HttpStatusCode.SwitchingProtocols)
                await connecting;
            else
                await Assert.ThrowsAsync<WebSocketException>(() => connecting);
            Assert.Equal(expected, socket.HttpStatusCode);
        }
    }

    [Fact]
    public async Task A_token_is_never_logged()
    {
        using var deadline = Deadline.Start();
        await using var app = await TestSignIn.StartAsync();
        using var browser = await app.SignInAsync("alice", "wonderland");
        var tokens = new List<string>();
        foreach (var isExpired in new[] { false, true })
        {
            foreach (var way in new[] { "query", "subprotocol", "header" })
            {
                tokens.Add(await TestSignIn.FetchTokenAsync(browser));
                var target = app.Target(way, tokens[^1]);
                if (isExpired)
                    app.Time.Advance(TimeSpan.FromMinutes(1));
                using var socket = new ClientWebSocket();
                foreach (var offer in target.Subprotocols ?? [])
                    socket.Options.AddSubProtocol(offer);
                foreach (var (name, value) in target.Headers)
                    socket.Options.SetRequestHeader(name, value);
                var connecting = socket.ConnectAsync(Ws(target.Address), deadline.Token);
                if (isExpired)
                    await Assert.ThrowsAsync<WebSocketException>(() => connecting);
                else
                    await connecting;
            }
        }

        await app.DisposeAsync();
        Assert.Contains(app.Logged, static message => message.Contains("token-chat", StringComparison.Ordinal));
        foreach (var signature in tokens.Select(static token => token[(token.LastIndexOf('.') + 1)..]))
            Assert.DoesNotContain(app.Logged, message => message.Contains(signature, StringComparison.Ordinal));
    }

    private static Uri Ws(Uri http) => new UriBuilder(http) { Scheme = "ws" }.Uri;
}
