using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Pages.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Pages.Tests.Admin;

/// <summary>The admin page, used by an operator.</summary>
public sealed class AdminPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    private const int Command = 300;
    private const string Nicks = "[...document.querySelectorAll('#connection-rows .nick')].map(nick => nick.textContent).join(' ')";
    private const string Rooms = "[...document.querySelectorAll('#rooms button')].map(room => `${room.querySelector('bdi').textContent}:${room.querySelector('.number').textContent}`).join(' ')";
    private const string Notice = "document.getElementById('notice').textContent";

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task An_operator_sees_the_current_servers_rooms_and_connections(int width, int height)
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var alice = await admin.JoinAsync("alice", "lobby");
        await using var page = await OpenAsync(admin, width, height);

        await page.ShowsAsync(Total("connections"), "1");
        await page.ShowsAsync(Nicks, "alice");
        await using var bob = await admin.JoinAsync("bob with a name that is as long as it may", "a room with a long name that does not fit anywhere");
        await page.ShowsAsync(Total("connections"), "2");
        await page.ShowsAsync(Total("rooms"), "2");
        await page.ShowsAsync(Total("slow"), "0");
        await page.ShowsAsync(Nicks, "alice bob with a name that is as long as it may");
        await page.ShowsAsync("document.querySelectorAll('#rooms button').length", "2");
        await page.ShowsAsync("document.querySelector('.badge').textContent", "Open");
        await page.ShowsAsync("document.querySelector('[data-fact=Connections]').textContent", "2 of 500");
        await page.ShowsAsync("/^[0-9.]+\\/s$/.test(document.querySelector('[data-fact=Deliveries]').textContent)", "true");
        await bob.CloseAsync();
        await page.ShowsAsync(Nicks, "alice");

        await page.ShowsAsync("document.documentElement.scrollWidth <= innerWidth", "true");
        Assert.Equal("", await page.EvaluateAsync("[...document.querySelectorAll('button, input, dd, td')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML).join()"));
        Assert.Empty(page.Complaints());
    }

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task A_user_is_kicked_with_a_reason(int width, int height)
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var alice = await admin.JoinAsync("alice", "lobby");
        await using var bob = await admin.JoinAsync("bob", "lobby");
        await using var page = await OpenAsync(admin, width, height);
        await page.ShowsAsync(Nicks, "alice bob");

        await page.ClickAsync("#connection-rows [aria-label=\"Kick bob\"]");
        await page.ShowsAsync("document.getElementById('dialog-title').textContent", "Kick bob?");
        await page.PressAsync("Escape");
        await page.ShowsAsync("document.getElementById('dialog').open", "false");
        await page.ClickAsync("#connection-rows [aria-label=\"Kick bob\"]");
        await page.TypeAsync("Be nice.");
        await page.PressAsync("Enter");

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await bob.ReceiveCloseAsync());
        await page.ShowsAsync(Notice, "bob was disconnected.");
        await page.ShowsAsync(Nicks, "alice");
        Assert.Empty(page.Complaints());
    }

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task A_room_is_chosen_announced_in_and_closed(int width, int height)
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var alice = await admin.JoinAsync("alice", "lobby");
        await using var bob = await admin.JoinAsync("bob", "games");
        await using var page = await OpenAsync(admin, width, height);
        await page.ShowsAsync(Rooms, "games:1 lobby:1");
        await page.ClickAsync("#rooms li:nth-child(2) button");
        await page.ShowsAsync("document.getElementById('connections-title').textContent", "In lobby");
        await page.ShowsAsync(Nicks, "alice");

        await page.ClickAsync("#announce-room");
        await page.PressAsync("Enter");
        await page.ShowsAsync("document.getElementById('dialog-error').textContent", "A text is required.");
        await page.TypeAsync("We restart at ten.");
        await page.ClickAsync("#dialog-confirm");
        await page.ShowsAsync(Notice, "Announced in lobby.");
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "We restart at ten."), await alice.ReceiveAsync());

        await page.ClickAsync("#close-room");
        await page.ClickAsync("#dialog-confirm");
        await page.ShowsAsync(Notice, "lobby was closed: 1 member removed.");
        await alice.FenceUntilAsync(packet => packet.Command == Wire.DelUser && packet.P1 == alice.Id);
        await page.ShowsAsync(Rooms, "games:1");
        await page.ShowsAsync(Nicks, "alice bob");
        Assert.Empty(await bob.FenceAsync());
        Assert.Empty(page.Complaints());
    }

    [Fact]
    public async Task An_announcement_goes_to_all_rooms_and_a_server_is_drained()
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var alice = await admin.JoinAsync("alice", "lobby");
        await using var page = await OpenAsync(admin, 1280, 800);
        await page.ClickAsync("#announce-all");
        await page.TypeAsync("Hello, all.");
        await page.PressAsync("Enter");
        await page.ShowsAsync(Notice, "Announced in 1 room.");
        Assert.Equal(new Packet(-1, Wire.LoggedMsg, "Hello, all."), await alice.ReceiveAsync());

        await page.ClickAsync("#servers button");
        // A key press for another element drains nothing.
        await page.ShowsAsync("document.activeElement.id", "dialog-cancel");
        await page.ClickAsync("#dialog-confirm");
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await alice.ReceiveCloseAsync());
        await page.ShowsAsync("document.querySelector('.badge').textContent", "Draining");
        await page.ShowsAsync("document.querySelector('#servers button').disabled", "true");
        Assert.Empty(page.Complaints());
    }

    [Fact]
    public async Task Connections_can_be_searched_and_slow_ones_are_marked()
    {
        const int PacketBytes = 32 * 1024;
        const int MuchBytes = 20 * 1024 * 1024;
        await using var admin = await TestAdmin.StartAsync();
        await using var alice = await admin.JoinAsync("alice", "lobby");
        await using var bob = await admin.JoinAsync("bob", "lobby");
        await alice.FenceAsync();
        await alice.AcceptAsync(Command);
        var user = admin.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;
        var cluster = admin.Services.GetRequiredService<IClusterAdmin>();
        // More than the socket buffers hold.
        while (!(await cluster.ReadConnectionsAsync(new ClusterConnectionFilter { IsSlow = true }, 0, 1)).Any(static slow => slow.BacklogBytes > MuchBytes))
            Assert.True(user.Send(Command, data: new byte[PacketBytes]));

        await using var page = await OpenAsync(admin, 1280, 800);
        await page.ShowsAsync(Total("slow"), "1");
        await page.ShowsAsync("/ (B|[KM]iB)$/.test(document.querySelector('#connection-rows .slow .waiting')?.textContent)", "true");
        await page.ClickAsync("#slow");
        await page.ShowsAsync(Nicks, "alice");
        await page.ClickAsync("#slow");
        await page.FillAsync("text", "BO");
        await page.ShowsAsync(Nicks, "bob");
        await page.FillAsync("text", "nobody of that name");
        await page.ShowsAsync("document.getElementById('no-connections').checkVisibility()", "true");
        await page.FillAsync("room-prefix", "lob");
        await page.ShowsAsync(Rooms, "lobby:2");
        await page.FillAsync("room-prefix", "x");
        await page.ShowsAsync("document.getElementById('no-rooms').checkVisibility()", "true");
        Assert.Empty(page.Complaints());
    }

    [Fact]
    public async Task The_focus_stays_on_its_element_while_the_lists_change()
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var alice = await admin.JoinAsync("alice", "lobby");
        await using var bob = await admin.JoinAsync("bob", "lobby");
        await using var page = await OpenAsync(admin, 1280, 800);
        await page.ShowsAsync(Nicks, "alice bob");
        await page.EvaluateAsync("document.querySelector('[aria-label=\"Kick bob\"]').focus()");
        await alice.CloseAsync();
        await page.ShowsAsync(Nicks, "bob");
        await page.ShowsAsync("document.activeElement.ariaLabel", "Kick bob");
        Assert.Empty(page.Complaints());
    }

    [Fact]
    public async Task The_page_continues_after_a_restart_and_shows_when_the_operator_is_signed_out()
    {
        await using var admin = await TestAdmin.StartAsync();
        await using var page = await OpenAsync(admin, 1280, 800);
        await admin.StopAsync();
        await page.ShowsAsync("document.getElementById('state-text').textContent", "Connecting");
        await admin.StartAgainAsync();
        await page.ShowsAsync("document.getElementById('state-text').textContent", "Live");
        await page.ShowsAsync("document.querySelectorAll('#servers > li').length", "1");

        admin.IsSignedIn = false;
        await page.ClickAsync("#announce-all");
        await page.TypeAsync("Hello?");
        await page.PressAsync("Enter");
        await page.ShowsAsync("document.getElementById('dialog-error').textContent", "You are no longer signed in.");
        await admin.StopAsync();
        await page.ShowsAsync("document.getElementById('state-text').textContent", "Connecting");
        await admin.StartAgainAsync();
        await page.ShowsAsync("document.getElementById('problem').textContent", "You are no longer signed in. Reload the page to continue.");
    }

    private async Task<Page> OpenAsync(TestAdmin admin, int width, int height)
    {
        var page = await browser.Tools.OpenAsync(admin.Page, focus: "");
        await page.ResizeAsync(width, height);
        await page.ShowsAsync("document.getElementById('state-text').textContent", "Live");
        return page;
    }

    private static string Total(string key) => $"document.querySelector('#total-{key} .value')?.textContent";
}
