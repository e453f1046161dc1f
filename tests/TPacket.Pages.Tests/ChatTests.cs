using System.Net;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests;

public sealed class ChatTests(ChromiumFixture browser) : PageTests(browser)
{
    // The first visible message.
    private const string Place = """
        [...document.querySelectorAll('.message')].find(line => line.getBoundingClientRect().bottom > document.getElementById('log').getBoundingClientRect().top).querySelector('.text').textContent
        """;

    [Fact]
    public async Task Two_users_send_messages_and_a_third_user_reads_them_in_the_history()
    {
        var alice = await EnterAsync("alice", "lobby");
        var bob = await EnterAsync("bob", "lobby");
        await alice.SayAsync("hello bob");
        await bob.ShowsLineAsync("alice: hello bob");
        await bob.SayAsync("hello alice");
        await alice.ShowsLineAsync("bob: hello alice");

        var carol = await EnterAsync("carol", "lobby");
        await carol.ShowsLineAsync("You are in lobby");
        Assert.Equal(["alice: hello bob", "bob: hello alice", "You are in lobby"], await carol.LinesAsync());
        await alice.ShowsLineAsync("carol joined");
        Assert.Equal(["You are in lobby", "bob joined", "alice: hello bob", "bob: hello alice", "carol joined"], await alice.LinesAsync());
        Assert.Equal("hello bob", await alice.EvaluateAsync("document.querySelector('.own .text').textContent"));
        Assert.Equal("hello alice", await bob.EvaluateAsync("document.querySelector('.own .text').textContent"));
    }

    [Fact]
    public async Task Joins_and_leaves_are_shown()
    {
        var alice = await EnterAsync("alice", "lobby");
        await alice.HasPeopleAsync("alice");
        var bob = await EnterAsync("bob", "lobby");
        await alice.ShowsLineAsync("bob joined");
        await alice.HasPeopleAsync("alice", "bob");
        await bob.HasPeopleAsync("alice", "bob");
        await alice.ShowsAsync("document.getElementById('count').textContent", "2 people");

        await bob.ClickAsync("#leave");
        await alice.ShowsLineAsync("bob left");
        await alice.HasPeopleAsync("alice");
        await bob.ShowsAsync("document.activeElement.id", "nick");
        await alice.ShowsAsync("document.getElementById('count').textContent", "1 person");
    }

    [Fact]
    public async Task A_browser_that_blocks_the_data_of_sites_can_chat()
    {
        const string Block = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); } });";
        var alice = await OpenAsync(before: Block);
        Assert.Equal("SecurityError", await alice.EvaluateAsync("(() => { try { return localStorage; } catch (error) { return error.name; } })()"));

        await alice.EnterAsync("alice", "lobby");
        await alice.SayAsync("hello");

        await alice.ShowsLineAsync("alice: hello");
        Assert.Equal("", await alice.EvaluateAsync("document.getElementById('door-error').textContent"));
        Assert.Empty(alice.Complaints());
    }

    [Fact]
    public async Task A_nick_is_remembered_for_the_next_visit()
    {
        var alice = await EnterAsync("alice", "lobby");
        Assert.Equal("alice", await alice.EvaluateAsync("localStorage.getItem('nick')"));
    }

    [Fact]
    public async Task Each_lost_connection_is_announced_once_also_while_attempts_are_counted()
    {
        await using var relay = Relay.Start(IPEndPoint.Parse(Chat.Page.Authority));
        var alice = await OpenAsync(new Uri($"http://{relay.EndPoint}/"));
        await alice.EnterAsync("alice", "lobby");

        for (var lost = 1; lost <= 2; lost++)
        {
            relay.Cut();
            await alice.ShowsAsync($"{Page.Lines}.filter(line => line === 'Connected again').length", $"{lost}");
        }

        Assert.Equal(["You are in lobby", "Connection lost", "Connected again", "Connection lost", "Connected again"], await alice.LinesAsync());
    }

    [Fact]
    public async Task A_taken_nick_is_reported_and_another_nick_is_accepted()
    {
        await EnterAsync("alice", "lobby");
        var other = await OpenAsync();
        await other.TrySignInAsync("Alice", "lobby");
        await other.ShowsAsync("document.getElementById('door-error').textContent", "Somebody here has that name. Please take another.");
        await other.ShowsAsync("document.activeElement.id + document.activeElement.ariaInvalid", "nicktrue");
        await other.EnterAsync("Alice II", "lobby");
        await other.HasPeopleAsync("Alice II", "alice");
    }

    [Fact]
    public async Task A_nick_with_a_colon_is_refused()
    {
        var page = await OpenAsync();
        await page.TrySignInAsync("bob: hi", "lobby");
        await page.ShowsAsync("document.getElementById('door-error').textContent", "A nick must not contain a colon.");
    }

    [Fact]
    public async Task All_users_are_in_their_rooms_after_a_restart_of_the_server()
    {
        var alice = await EnterAsync("alice", "lobby");
        var bob = await EnterAsync("bob", "lobby");
        await alice.SayAsync("before");
        await bob.ShowsLineAsync("alice: before");

        await Chat.StopAsync();
        foreach (var page in Pages)
        {
            await page.ShowsAsync("document.getElementById('state').textContent", "Connection lost. Reconnecting…");
            await page.ShowsAsync("document.getElementById('send').disabled", "true");
        }

        await Chat.StartAgainAsync();
        foreach (var page in Pages)
        {
            await page.ShowsAsync("document.getElementById('state').textContent", "Connected");
            await page.HasPeopleAsync("alice", "bob");
            await page.ShowsAsync("document.getElementById('room-name').textContent", "lobby");
        }

        await alice.SayAsync("after");
        await bob.ShowsLineAsync("alice: after");
        await bob.SayAsync("so it is");
        await alice.ShowsLineAsync("bob: so it is");
        var lines = await bob.LinesAsync();
        Assert.Single(lines, "alice: before");
        Assert.Single(lines, "Connection lost");
        Assert.Single(lines, "Connected again");
        Assert.Equal("bob", await bob.EvaluateAsync("document.querySelector('#people .you bdi').textContent"));
    }

    [Fact]
    public async Task A_page_that_reconnects_shows_the_missed_messages_once()
    {
        var server = IPEndPoint.Parse(Chat.Page.Authority);
        await using var relay = Relay.Start(server);
        var alice = await EnterAsync("alice", "lobby");
        await alice.SayAsync("one");
        await alice.SayAsync("two");
        var bob = await OpenAsync(new Uri($"http://{relay.EndPoint}/"));
        await bob.EnterAsync("bob", "lobby");
        await bob.SayAsync("three");
        await alice.ShowsLineAsync("bob: three");

        relay.Server = null;
        relay.Cut();
        await bob.ShowsLineAsync("Connection lost");
        await alice.ShowsAsync("document.querySelector('#people .away bdi')?.textContent", "bob");
        await alice.SayAsync("four");
        await alice.ShowsLineAsync("alice: four");
        relay.Server = server;
        await bob.ShowsLineAsync("1 new message while you were away");
        Assert.Equal(
            ["alice: one", "alice: two", "You are in lobby", "bob: three", "Connection lost", "alice: four", "Connected again", "1 new message while you were away"], await bob.LinesAsync());
        await alice.ShowsAsync("document.querySelectorAll('#people .away').length", "0");
        Assert.DoesNotContain("bob left", await alice.LinesAsync());
    }

    [Fact]
    public async Task A_reloaded_page_stays_in_its_room_and_at_its_position()
    {
        var (alice, bob) = (await EnterAsync("alice", "lobby"), await EnterAsync("bob", "lobby"));
        for (var i = 1; i <= 40; i++)
            await alice.SayAsync($"line {i}");
        await bob.ShowsLineAsync("alice: line 40");
        await bob.EvaluateAsync("document.getElementById('log').scrollTop = document.getElementById('log').scrollHeight / 2");
        var place = await bob.EvaluateAsync(Place);

        await bob.ReloadAsync();
        await bob.ShowsAsync("document.getElementById('state').textContent", "Connected");
        await bob.ShowsLineAsync("You are in lobby");
        Assert.Equal(place, await bob.EvaluateAsync(Place));
        await bob.SayAsync("still here");
        await alice.ShowsLineAsync("bob: still here");

        Assert.Equal(["bob joined"], (await alice.LinesAsync()).Where(line => line is "bob joined" or "bob left"));
    }

    [Fact]
    public async Task A_user_that_has_signed_out_is_not_signed_in_by_a_reload()
    {
        var alice = await EnterAsync("alice", "lobby");
        await alice.ClickAsync("#leave");
        await alice.ShowsAsync("document.activeElement.id", "nick");

        await alice.ReloadAsync();

        await alice.ShowsAsync("`${document.activeElement.id} ${document.getElementById('chat').hidden}`", "enter true");
    }

    [Fact]
    public async Task A_user_that_is_kicked_sees_the_reason_and_does_not_reconnect()
    {
        var alice = await EnterAsync("alice", "lobby");
        Chat.User("alice").Disconnect("You were asked to leave.");
        await alice.ShowsAsync("document.getElementById('door-error').textContent", "The server has ended the connection.");
        await alice.ShowsAsync("document.getElementById('chat').checkVisibility()", "false");
        await alice.EnterAsync("alice", "lobby");
    }

    [Theory]
    [InlineData("👩🏽‍🚀", "so wide: 👨‍👩‍👧‍👦🏳️‍🌈")]
    [InlineData("林美玲", "今晚见，不见不散。")]
    [InlineData("زوي", "مرحبا hello بالجميع 123")]
    public async Task Wide_characters_are_shown_unchanged(string nick, string text)
    {
        var one = await EnterAsync(nick, $"room {nick}");
        var other = await EnterAsync("alice", $"room {nick}");
        await one.SayAsync(text);
        await other.ShowsLineAsync($"{nick}: {text}");
        await other.HasPeopleAsync(nick, "alice");
        // The history and the list of rooms show it, too.
        var third = await EnterAsync("bob", $"room {nick}");
        await third.ShowsLineAsync($"{nick}: {text}");
        await third.ShowsAsync("document.querySelector('#rooms [aria-current] bdi').textContent", $"room {nick}");
    }

    [Fact]
    public async Task Text_of_a_right_to_left_script_is_shown_from_right_to_left()
    {
        var alice = await EnterAsync("alice", "lobby");
        await alice.SayAsync("مرحبا بالجميع");
        await alice.ShowsLineAsync("alice: مرحبا بالجميع");
        Assert.Equal("rtl", await alice.EvaluateAsync("getComputedStyle(document.querySelector('.text')).direction"));
    }

    [Fact]
    public async Task Html_is_shown_as_text()
    {
        const string Image = "<img src=x onerror=window.ran=true>";
        const string Script = "</p><script>window.ran=true</script>&lt;";
        var mallory = await EnterAsync(Image, Script);
        var alice = await EnterAsync("alice", Script);
        foreach (var text in new[] { Image, Script })
        {
            await mallory.SayAsync(text);
            await alice.ShowsLineAsync($"{Image}: {text}");
        }

        var bob = await EnterAsync("bob", Script);
        await bob.ShowsLineAsync($"{Image}: {Script}");
        await mallory.ClickAsync("#leave");
        await alice.ShowsLineAsync($"{Image} left");
        foreach (var page in new[] { alice, bob })
        {
            await page.ShowsAsync("document.querySelector('#rooms bdi').textContent", Script);
            Assert.Equal("0", await page.EvaluateAsync("document.querySelectorAll('#chat img, #chat script').length"));
            Assert.Equal("undefined", await page.EvaluateAsync("window.ran"));
            Assert.Empty(page.Complaints());
        }
    }

    [Theory]
    [InlineData("document.body.innerHTML = '<b>'")]
    [InlineData("document.body.setAttribute('onclick', 'window.ran = true')")]
    [InlineData("document.createElement('script').text = 'window.ran = true'")]
    public async Task The_browser_forbids_creating_html_and_scripts_from_text(string attempt)
    {
        var page = await OpenAsync();
        Assert.Equal("TypeError", await page.EvaluateAsync($"(() => {{ try {{ {attempt}; }} catch (e) {{ return e.name; }} }})()"));
    }

    [Fact]
    public async Task A_room_is_marked_in_the_list_and_a_click_enters_another_one()
    {
        var alice = await EnterAsync("alice", "lobby");
        var bob = await EnterAsync("bob", "chess");
        await bob.ShowsAsync("[...document.querySelectorAll('#rooms button')].map(room => room.textContent).join()", "chess1, 1 person,lobby1, 1 person");
        await bob.ClickAsync("#rooms button:not([aria-current])");
        await bob.ShowsLineAsync("You are in lobby");
        await bob.HasPeopleAsync("alice", "bob");
        await alice.ShowsLineAsync("bob joined");
        await bob.ShowsAsync("[...document.querySelectorAll('#rooms button')].map(room => room.textContent).join()", "lobby2, 2 people");

        await bob.FillAsync("other", "go");
        await bob.PressAsync("Enter");
        await bob.ShowsLineAsync("You are in go");
        await alice.ShowsLineAsync("bob left");
        await bob.ShowsAsync("decodeURIComponent(location.hash)", "#go");
    }

    [Fact]
    public async Task Unseen_messages_are_counted_until_they_are_seen()
    {
        var alice = await EnterAsync("alice", "lobby");
        var bob = await EnterAsync("bob", "lobby");
        await alice.SayAsync(string.Join('\n', Enumerable.Range(0, 100)));
        await bob.ShowsAsync("document.getElementById('log').scrollTop > 0", "true");
        Assert.Equal("lobby – WebChat", await bob.EvaluateAsync("document.title"));

        await bob.EvaluateAsync("document.getElementById('log').scrollTop = 0");
        await alice.SayAsync("one");
        await alice.SayAsync("two");
        await bob.ShowsAsync("document.title", "(2) lobby – WebChat");
        await bob.ShowsAsync("document.getElementById('unread').textContent", "2 new messages ↓");
        Assert.Equal("0", await bob.EvaluateAsync("document.getElementById('log').scrollTop"));

        await bob.ClickAsync("#unread");
        await bob.ShowsAsync("document.title", "lobby – WebChat");
        await bob.ShowsAsync("document.getElementById('unread').hidden", "true");
        Assert.Equal(["New", "alice: one", "alice: two"], (await bob.LinesAsync())[^3..]);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_reported_and_kept()
    {
        var alice = await EnterAsync("alice", "lobby");
        var text = new string('字', 1000);
        await alice.SayAsync(text);
        await alice.ShowsAsync("document.getElementById('notice').textContent", "That message is too long.");
        await alice.ShowsAsync("document.getElementById('text').value", text);
        await alice.SayAsync("short");
        await alice.ShowsLineAsync("alice: short");
        await alice.ShowsAsync("document.getElementById('notice').textContent", "");
    }

    [Fact]
    public async Task On_a_phone_a_button_shows_rooms_and_people()
    {
        var alice = await EnterAsync("alice", "lobby");
        await alice.ResizeAsync(390, 844);
        const string Shown = "document.getElementById('side').checkVisibility() + ' ' + document.getElementById('toggle').ariaExpanded";
        await alice.ShowsAsync(Shown, "false false");
        await alice.ShowsAsync("document.documentElement.scrollWidth", "390");
        await alice.ClickAsync("#toggle");
        await alice.ShowsAsync(Shown, "true true");
        await alice.PressAsync("Escape");
        await alice.ShowsAsync(Shown, "false false");
        await alice.ShowsAsync("document.activeElement.id", "toggle");
    }

    [Fact]
    public async Task The_keyboard_moves_through_the_page_in_its_order()
    {
        var alice = await EnterAsync("alice", "lobby");
        await alice.ShowsAsync("document.querySelectorAll('#rooms button').length", "1");
        await alice.EvaluateAsync("document.activeElement.blur()");
        await alice.EvaluateAsync("document.querySelector('.skip').focus()");
        List<string?> order = [];
        for (var i = 0; i < 7; i++)
        {
            await alice.PressAsync("Tab");
            order.Add(await alice.EvaluateAsync("document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.ariaLabel"));
        }

        Assert.Equal(["leave", "lobby1, 1 person", "other", "Go to that room", "log", "text", "send"], order);
        await alice.EvaluateAsync("document.querySelector('.skip').focus()");
        await alice.PressAsync("Enter");
        await alice.ShowsAsync("document.activeElement.id", "text");
    }
}
