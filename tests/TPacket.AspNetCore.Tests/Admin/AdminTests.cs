using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests.Admin;

/// <summary>Tests of the admin page and its API: authorization, queries and actions.</summary>
public class AdminTests
{
    private static readonly string[] _paths = ["", "/", "/admin.js", "/admin.css", "/api/servers", "/api/rooms", "/api/connections", "/api/events"];
    private static readonly string[] _actions = ["announce", "kick", "close", "drain"];

    [Fact]
    public async Task Without_the_policy_the_app_does_not_start()
    {
        var none = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(use: static web => web.MapTPacketAdmin()));
        Assert.Contains("AddPolicy(\"TPacketAdmin\"", none.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(services: static builder => builder.Services.AddAuthorization(), use: static web => web.MapTPacketAdmin()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(static web => web.MapTPacketAdmin(policy: "Another")));
    }

    [Fact]
    public async Task Anonymous_requests_get_401_and_users_without_the_role_get_403_on_every_path()
    {
        await using var app = await StartAsync();
        foreach (var path in _paths)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(app, path, user: null)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(app, path, role: "guest")).Status);
        }

        foreach (var action in _actions)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await ActAsync(app, action, "{}", user: null)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync(app, action, "{}", role: "guest")).Status);
        }
    }

    [Fact]
    public async Task AllowAnonymous_does_not_open_the_page()
    {
        await using var app = await StartAsync(static web => web.MapTPacketAdmin().AllowAnonymous());
        foreach (var path in _paths)
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(app, path)).Status);
    }

    [Fact]
    public async Task A_missing_cookie_redirects_the_page_but_not_the_API()
    {
        await using var app = await StartAsync();
        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(static endpoint => endpoint.RoutePattern.RawText!.StartsWith("/admin", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(endpoints);
        Assert.All(endpoints, static endpoint => Assert.Equal(
            endpoint.RoutePattern.RawText!.StartsWith("/admin/api/", StringComparison.Ordinal), endpoint.Metadata.GetMetadata<IDisableCookieRedirectMetadata>() is not null));
    }

    [Fact]
    public async Task The_page_and_its_files_have_a_strict_content_security_policy_and_an_entity_tag()
    {
        await using var app = await StartAsync(static web => web.MapTPacketAdmin("/operate"));
        using var moved = await app.SendAsync(Request(app, HttpMethod.Get, "/operate"));
        Assert.Equal("/operate/", moved.RequestMessage!.RequestUri!.AbsolutePath);

        using var page = await app.SendAsync(Request(app, HttpMethod.Get, "/operate/"));
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync();
        var scripts = 0;
        for (var queue = new Queue<string>(Names(html)); queue.TryDequeue(out var name); scripts++)
        {
            using var file = await app.SendAsync(Request(app, HttpMethod.Get, $"/operate/{name}"));
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            using var again = Request(app, HttpMethod.Get, $"/operate/{name}");
            again.Headers.IfNoneMatch.Add(file.Headers.ETag!);
            using var unchanged = await app.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        Assert.Equal(3, scripts);

        static IEnumerable<string> Names(string html) => new[] { "icon.svg", "admin.css", "admin.js" }.Where(name => html.Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_API_returns_servers_rooms_and_connections()
    {
        await using var app = await StartAsync();
        await using var alice = await app.JoinAsync("alice", "lobby");
        await using var bob = await app.JoinAsync("bob", "love");

        var servers = await ReadAsync(app, "servers");
        Assert.Equal((2, 2, "Open"), ((int)servers["users"]!, (int)servers["rooms"]!, (string)servers["servers"]![0]!["state"]!));
        Assert.Equal("lobby:1 love:1 False", await RoomsAsync(app, ""));
        Assert.Equal("lobby:1 True", await RoomsAsync(app, "?limit=1"));
        Assert.Equal("love:1 False", await RoomsAsync(app, "?after=lobby"));
        Assert.Equal("lobby:1 False", await RoomsAsync(app, "?prefix=lob"));
        Assert.Equal("lobby:1 False", await RoomsAsync(app, "?prefix=lobby"));
        Assert.Equal(" False", await RoomsAsync(app, "?prefix=m"));
        var connections = (await ReadAsync(app, $"connections?room=lobby&text=ali&server={servers["servers"]![0]!["id"]}"))["connections"]!.AsArray();
        Assert.Equal((alice.Id, "alice", "lobby"), ((int)connections[0]!["id"]!, (string)connections[0]!["nick"]!, (string)connections[0]!["room"]!));
        Assert.Single(connections);
        Assert.True((bool)(await ReadAsync(app, "connections?limit=1"))["hasMore"]!);
        Assert.Equal("bob", (string)(await ReadAsync(app, $"connections?after={alice.Id}"))["connections"]![0]!["nick"]!);
        Assert.Empty((await ReadAsync(app, "connections?slow=true"))["connections"]!.AsArray());
    }

    [Theory]
    [InlineData("rooms?limit=0")]
    [InlineData("rooms?limit=1001")]
    [InlineData("connections?limit=x")]
    [InlineData("connections?after=-1")]
    public async Task Numbers_out_of_range_get_400(string path)
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(app, $"/api/{path}")).Status);
    }

    [Fact]
    public async Task Actions_are_carried_out_and_logged_with_the_operators_name()
    {
        await using var app = await StartAsync();
        await using var alice = await app.JoinAsync("alice", "lobby");
        await using var bob = await app.JoinAsync("bob", "room");

        Assert.Equal((HttpStatusCode.OK, "{\"number\":1}"), await ActAsync(app, "announce", """{"room":"lobby","text":"to\nthe lobby"}"""));
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "to\nthe lobby"), await alice.ReceiveAsync());
        Assert.Equal((HttpStatusCode.OK, "{\"number\":2}"), await ActAsync(app, "announce", """{"text":"to all"}"""));
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "to all"), await alice.ReceiveAsync());
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "to all"), await bob.ReceiveAsync());
        Assert.Equal((HttpStatusCode.OK, "{\"number\":1}"), await ActAsync(app, "close", """{"room":"lobby","text":"good night"}"""));
        await alice.FenceUntilAsync(packet => packet.Command == Wire.DelUser && packet.P1 == alice.Id);
        Assert.Equal((HttpStatusCode.OK, "{\"number\":1}"), await ActAsync(app, "kick", $$"""{"user":{{bob.Id}},"text":"be nice"}"""));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await bob.ReceiveCloseAsync());
        var server = (string)(await ReadAsync(app, "servers"))["servers"]![0]!["id"]!;
        Assert.Equal((HttpStatusCode.OK, "{\"number\":1}"), await ActAsync(app, "drain", $$"""{"server":"{{server}}"}"""));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await alice.ReceiveCloseAsync());

        Assert.Equal(
            [
                "1700 root announces in room 'lobby': to\\u000Athe lobby",
                "1704 The action 'announce' of root applied to 1 rooms.",
                "1700 root announces in room '*': to all",
                "1704 The action 'announce' of root applied to 2 rooms.",
                "1700 root announces in room 'lobby': good night",
                "1704 The action 'announce' of root applied to 1 rooms.",
                "1702 root closes room 'lobby'.",
                "1704 The action 'close' of root applied to 1 members.",
                $"1701 root disconnects user {bob.Id}: be nice",
                "1704 The action 'kick' of root applied to 1 users.",
                $"1703 root drains server {server}.",
                "1704 The action 'drain' of root applied to 1 servers.",
            ],
            Logged(app));
    }

    [Theory]
    [InlineData("announce", """{"room":"lobby","text":"hello"}""", "1700 root announces in room 'lobby': hello")]
    [InlineData("kick", """{"user":99}""", "1701 root disconnects user 99: ")]
    [InlineData("close", """{"room":"lobby"}""", "1702 root closes room 'lobby'.")]
    [InlineData("drain", """{"server":"another"}""", "1703 root drains server another.")]
    public async Task An_action_that_fails_on_another_server_is_logged_as_failed(string action, string body, string request)
    {
        await using var app = await StartAsync(services: static builder => builder.Services.AddSingleton<IServerLink>(new FailingLink()));
        await using var alice = await app.JoinAsync("alice", "lobby");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ActAsync(app, action, body)).Status);

        Assert.Equal([request, $"1705 The action '{action}' of root failed; some servers may have carried it out."], Logged(app));
    }

    [Theory]
    [InlineData("announce", """{"room":"nowhere","text":"hello"}""", HttpStatusCode.NotFound)]
    [InlineData("announce", """{"text":"hello"}""", HttpStatusCode.NotFound)]
    [InlineData("announce", """{"text":" "}""", HttpStatusCode.BadRequest)]
    [InlineData("kick", """{"user":99}""", HttpStatusCode.NotFound)]
    [InlineData("kick", """{"user":"alice"}""", HttpStatusCode.BadRequest)]
    [InlineData("kick", "{}", HttpStatusCode.BadRequest)]
    [InlineData("close", """{"room":"nowhere"}""", HttpStatusCode.NotFound)]
    [InlineData("close", "{}", HttpStatusCode.BadRequest)]
    [InlineData("drain", """{"server":"another"}""", HttpStatusCode.NotFound)]
    [InlineData("drain", """{"name":"another"}""", HttpStatusCode.BadRequest)]
    [InlineData("drain", "null", HttpStatusCode.BadRequest)]
    [InlineData("drain", "", HttpStatusCode.BadRequest)]
    public async Task An_action_that_cannot_be_carried_out_returns_the_reason(string action, string body, HttpStatusCode status)
    {
        await using var app = await StartAsync();
        var (code, text) = await ActAsync(app, action, body);
        Assert.Equal(status, code);
        Assert.NotEqual("", (string)JsonNode.Parse(text)!["error"]!);
        var logged = Logged(app);
        if (status == HttpStatusCode.BadRequest)
            Assert.Empty(logged);
        else
            Assert.StartsWith($"1704 The action '{action}' of root applied to 0 ", logged[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_can_neither_read_nor_act(string header, string value)
    {
        await using var app = await StartAsync();
        await using var alice = await app.JoinAsync("alice", "lobby");
        Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync(app, "announce", """{"text":"hello"}""", headers: [(header, value)])).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(app, "/api/servers", headers: [(header, value)])).Status);
        Assert.Empty(await alice.FenceAsync());
    }

    [Fact]
    public async Task A_page_of_the_same_site_and_a_link_of_another_site_are_served()
    {
        await using var app = await StartAsync();
        await using var alice = await app.JoinAsync("alice", "lobby");
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(app, "announce", """{"text":"1"}""", headers: [("Sec-Fetch-Site", "same-origin"), ("Origin", "https://before.the.proxy")])).Status);
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(app, "announce", """{"text":"2"}""", headers: [("Origin", $"https://{app.EndPoint}")])).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(app, "/", headers: [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")])).Status);
    }

    [Fact]
    public async Task An_action_needs_the_header_and_a_small_JSON_body()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync(app, "announce", """{"text":"hello"}""", header: "X-Another")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await ActAsync(app, "announce", """{"text":"hello"}""", type: "text/plain")).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await ActAsync(app, "announce", $$"""{"text":"{{new string('x', 20_000)}}"}""")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(app, "/api/announce")).Status);
    }

    [Fact]
    public async Task A_stream_sends_the_servers_once_per_period_and_ends_to_be_authorized_again()
    {
        var period = TimeSpan.FromSeconds(2);
        var time = new WatchedTime();
        await using var app = await StartAsync(time: time);
        using var deadline = Deadline.Start();
        using var response = await app.SendAsync(Request(app, HttpMethod.Get, "/admin/api/events"));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token));
        Assert.Equal(0, await UsersAsync());
        await using var alice = await app.JoinAsync("alice", "lobby");
        var periods = 0;
        do
        {
            await time.Timers.NthAsync(++periods, due => due == period);
            time.Advance(period);
        }
        while (await UsersAsync() == 1);
        Assert.Equal(150, periods);

        // Returns the number of users of the next event; null at the end of the stream.
        async Task<int?> UsersAsync()
        {
            if (await reader.ReadLineAsync(deadline.Token) is not { } name)
                return null;
            Assert.Equal("event: servers", name);
            var data = await reader.ReadLineAsync(deadline.Token);
            Assert.Equal("", await reader.ReadLineAsync(deadline.Token));
            return (int)JsonNode.Parse(data!["data: ".Length..])!["users"]!;
        }
    }

    [Fact]
    public async Task A_stream_does_not_keep_the_app_from_stopping()
    {
        await using var app = await StartAsync();
        using var response = await app.SendAsync(Request(app, HttpMethod.Get, "/admin/api/events"));
        var rest = response.Content.ReadAsStringAsync();
        await app.StopAsync();
        Assert.StartsWith("event: servers\n", await rest.WaitAsync(Deadline.Limit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_store_gets_503_and_a_stream_continues()
    {
        var link = new FailingLink();
        await using var app = await StartAsync(services: builder => builder.Services.AddSingleton<IServerLink>(link));
        var (status, text) = await SendAsync(app, "/api/servers");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "The store is unavailable."), (status, (string)JsonNode.Parse(text)!["error"]!));
        using var deadline = Deadline.Start();
        using var response = await app.SendAsync(Request(app, HttpMethod.Get, "/admin/api/events"));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token));
        Assert.Equal("event: failure", await reader.ReadLineAsync(deadline.Token));
    }

    private static Task<TestApp> StartAsync(Action<WebApplication>? map = null, TimeProvider? time = null, Action<WebApplicationBuilder>? services = null) => TestApp.StartAsync(
        options: static o => o.PingAfterIdle = TimeSpan.FromDays(700),
        services: builder =>
        {
            if (time is not null)
                builder.Services.AddSingleton(time);
            services?.Invoke(builder);
            builder.Services.AddAuthentication("Header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Header", null);
            builder.Services.AddAuthorizationBuilder().AddPolicy("TPacketAdmin", static policy => policy.RequireRole("operator"));
        },
        use: web =>
        {
            web.UseAuthentication().UseAuthorization();
            if (map is null)
                web.MapTPacketAdmin();
            else
                map(web);
        });

    private static string[] Logged(TestApp app) => [.. app.Logs.All.Where(static e => e.Id is >= 1700 and < 1750).Select(static e => $"{e.Id} {e.Message}")];

    private static HttpRequestMessage Request(TestApp app, HttpMethod method, string path, string? user = "root", string role = "operator")
    {
        var request = new HttpRequestMessage(method, new Uri(app.HttpUri, path));
        if (user is null)
            return request;
        request.Headers.Add("X-User", user);
        request.Headers.Add("X-Role", role);
        return request;
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(TestApp app, string path, string? user = "root", string role = "operator", (string Name, string Value)[]? headers = null)
    {
        using var request = Request(app, HttpMethod.Get, $"/admin{path}", user, role);
        foreach (var (name, value) in headers ?? [])
            request.Headers.Add(name, value);
        return await SendAsync(app, request);
    }

    private static async Task<(HttpStatusCode Status, string Text)> ActAsync(
        TestApp app, string action, string body, string? user = "root", string role = "operator", string header = "X-TPacket-Admin", string type = "application/json", (string Name, string Value)[]? headers = null)
    {
        using var request = Request(app, HttpMethod.Post, $"/admin/api/{action}", user, role);
        request.Headers.Add(header, "1");
        foreach (var (name, value) in headers ?? [])
            request.Headers.Add(name, value);
        request.Content = new StringContent(body, Encoding.UTF8, type);
        return await SendAsync(app, request);
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(TestApp app, HttpRequestMessage request)
    {
        using var response = await app.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<JsonNode> ReadAsync(TestApp app, string path)
    {
        var (status, text) = await SendAsync(app, $"/api/{path}");
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonNode.Parse(text)!;
    }

    private static async Task<string> RoomsAsync(TestApp app, string query)
    {
        var page = await ReadAsync(app, $"rooms{query}");
        return $"{string.Join(' ', page["rooms"]!.AsArray().Select(static room => $"{room!["name"]}:{room["memberCount"]}"))} {(bool)page["hasMore"]!}";
    }

    private sealed class FailingLink : IServerLink
    {
        public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Answer { get; set; }

        public IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> question, CancellationToken cancellationToken) =>
            throw new RoomStoreException("The store is unavailable.", isOutcomeUnknown: true);
    }
}
