using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests;

/// <summary>The page of the sample of accounts.</summary>
public sealed class SignInPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    private const string State = "document.getElementById('state-text').textContent";
    private const string Tokens = "document.getElementById('tokens').textContent";
    private const string Refusal = "document.getElementById('door-error').textContent";

    [Theory]
    [InlineData("subprotocol")]
    [InlineData("query")]
    public async Task A_user_that_has_signed_in_chats_and_reconnects_with_a_new_token_when_the_old_one_has_expired(string way)
    {
        await using var app = await TestSignIn.StartAsync();
        await using var page = await browser.Tools.OpenAsync(app.Page, "");
        await SignInAsync(page, "alice", "wonderland", "lobby", way);
        await page.SayAsync("hello");
        await page.ShowsLineAsync("alice: hello");
        Assert.Equal("1 token received", await page.EvaluateAsync(Tokens));

        await app.TokensExpireAsync();
        await page.SayAsync("a connection outlives its token");
        await page.ShowsLineAsync("alice: a connection outlives its token");
        app.Cut();
        await page.ShowsLineAsync("Connection lost");
        await page.ShowsAsync(State, "Connected");

        await page.SayAsync("back again");
        await page.ShowsLineAsync("alice: back again");
        Assert.NotEqual("1 token received", await page.EvaluateAsync(Tokens));
        // The same user: nobody has left, and the log has the same lines.
        Assert.Contains("alice: hello", await page.LinesAsync());
        await page.HasPeopleAsync("alice");
        Assert.Empty(page.Complaints());
    }

    [Fact]
    public async Task The_cookie_alone_lets_a_page_of_the_app_in()
    {
        await using var app = await TestSignIn.StartAsync();
        await using var page = await browser.Tools.OpenAsync(app.Page, "");
        await SignInAsync(page, "bob", "builder", "lobby", "cookie");
        app.Cut();
        await page.ShowsLineAsync("Connection lost");
        await page.ShowsAsync(State, "Connected");
        Assert.Equal("0 tokens received", await page.EvaluateAsync(Tokens));
        Assert.Empty(page.Complaints());
    }

    [Fact]
    public async Task A_user_that_has_signed_out_elsewhere_sees_the_form_when_the_connection_is_lost()
    {
        await using var app = await TestSignIn.StartAsync();
        await using var page = await browser.Tools.OpenAsync(app.Page, "");
        await SignInAsync(page, "alice", "wonderland", "lobby", "subprotocol");
        // As with an expired cookie, for which the server ends no connection.
        await page.EvaluateAsync("(globalThis.fetchBefore = fetch, globalThis.fetch = (path, options) => fetchBefore(path, { ...options, credentials: 'omit' }))");

        app.Cut();

        await page.ShowsAsync("document.getElementById('door').hidden", "false");
        Assert.Equal("You are no longer signed in.", await page.EvaluateAsync(Refusal));
    }

    [Fact]
    public async Task A_client_with_a_fixed_address_is_refused_once_and_does_not_try_again()
    {
        await using var app = await TestSignIn.StartAsync();
        await using var page = await browser.Tools.OpenAsync(app.Page, "");

        var states = await page.EvaluateAsync("""
            await (async () => {
              const { TPacketClient } = await import('./tpacket-client.min.js');
              const client = new TPacketClient(new URL('token-chat', location.href).href);
              const states = [];
              client.on('state', state => states.push(state.name));
              await client.connect('alice', 'lobby').catch(error => states.push(error.name));
              return states.join();
            })()
            """);

        Assert.Equal("connecting,closed,ConnectionError", states);
    }

    [Fact]
    public async Task A_wrong_password_and_a_forbidden_room_are_reported_in_the_form()
    {
        await using var app = await TestSignIn.StartAsync();
        await using var page = await browser.Tools.OpenAsync(app.Page, "");
        await FillAsync(page, "bob", "wonderland", "lobby", "subprotocol");
        await page.ShowsAsync(Refusal, "Name or password is wrong.");
        await FillAsync(page, "bob", "builder", "staff", "subprotocol");
        await page.ShowsAsync(Refusal, "This room is for the staff.");
        Assert.Empty(page.Complaints());
    }

    private static async Task SignInAsync(Page page, string name, string password, string room, string way)
    {
        await FillAsync(page, name, password, room, way);
        await page.ShowsAsync(State, "Connected");
    }

    private static async Task FillAsync(Page page, string name, string password, string room, string way)
    {
        await page.EvaluateAsync($"document.getElementById('way').value = '{way}'");
        await page.FillAsync("nick", name);
        await page.FillAsync("room", room);
        await page.FillAsync("password", password);
        await page.PressAsync("Enter");
    }
}
