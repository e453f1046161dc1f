using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests;

/// <summary>Messages on the page: their times, the state of the user's own messages, and links.</summary>
public sealed class MessageTests(ChromiumFixture browser) : PageTests(browser)
{
    // The script holds the page's output while window.held exists, and drops the input of the connection window.deaf.
    private const string Line = """
        const { send } = WebSocket.prototype;
        WebSocket.prototype.send = function (data) { window.held ? window.held.push(() => send.call(this, data)) : send.call(this, data); };
        window.release = () => { const all = window.held; window.held = undefined; all.forEach(go => go()); };
        const handler = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
        Object.defineProperty(WebSocket.prototype, 'onmessage', {
          get: handler.get,
          set(listener) {
            window.last = this;
            handler.set.call(this, listener && (event => window.deaf === this || listener(event)));
          },
        });
        """;

    private const string States = "[...document.querySelectorAll('.own')].map(line => `${line.querySelector('.text').textContent} ${line.dataset.state}`).join()";

    private const string Marks = "[...document.querySelectorAll('.own .mark')].map(mark => mark.ariaLabel).join()";

    [Fact]
    public async Task Each_message_shows_the_servers_time_in_the_readers_format_also_in_the_history()
    {
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        var alice = await EnterAsync("alice", "lobby");
        await alice.SayAsync("hello");
        await alice.ShowsAsync(States, "hello delivered");
        var after = DateTimeOffset.UtcNow;

        foreach (var page in new[] { alice, await EnterAsync("bob", "lobby") })
        {
            await page.ShowsLineAsync("alice: hello");
            var time = JsonNode.Parse((await page.EvaluateAsync(
                """
                JSON.stringify([...document.querySelectorAll('.message time')].map(time => {
                  const at = new Date(time.dateTime);
                  const local = [at.getHours(), at.getMinutes()].map(number => `${number}`.padStart(2, '0')).join(':');
                  return { time: time.dateTime, shown: time.textContent, local, title: time.title, year: at.getFullYear() };
                })[0])
                """))!)!;
            Assert.InRange(DateTimeOffset.Parse((string)time["time"]!, CultureInfo.InvariantCulture), before, after);
            Assert.Equal((string)time["local"]!, (string)time["shown"]!);
            Assert.Contains(((int)time["year"]!).ToString(CultureInfo.InvariantCulture), (string)time["title"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_message_of_another_day_shows_the_day()
    {
        var alice = await EnterAsync("alice", "lobby");
        await alice.SayAsync("one");
        await alice.SayAsync("two");
        await alice.ShowsAsync(States, "one delivered,two delivered");
        Assert.DoesNotContain(await alice.LinesAsync(), line => line.Contains("20", StringComparison.Ordinal));

        // For this page it is the day after tomorrow.
        var bob = await EnterAsync("bob", "lobby", before: "const now = Date.now; Date.now = () => now() + 2 * 86400000;");
        await bob.ShowsLineAsync("You are in lobby");
        var day = (await bob.EvaluateAsync("new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }).format(new Date(document.querySelector('time').dateTime))"))!;
        Assert.Equal([day, "alice: one", "alice: two", "You are in lobby"], await bob.LinesAsync());
    }

    [Fact]
    public async Task An_own_message_is_shown_at_once_and_marked_as_delivered_with_its_receipt()
    {
        var alice = await EnterAsync("alice", "lobby", before: Line);
        var bob = await EnterAsync("bob", "lobby");
        await alice.ShowsLineAsync("bob joined");

        await alice.EvaluateAsync("window.held = []");
        await alice.SayAsync("one");
        await alice.SayAsync("two");
        await alice.ShowsAsync(States, "one sending,two sending");
        Assert.Equal("Sending,Sending", await alice.EvaluateAsync(Marks));
        Assert.Equal("", await alice.EvaluateAsync("document.getElementById('text').value"));
        await bob.SayAsync("meanwhile");
        await alice.ShowsLineAsync("bob: meanwhile");
        // The log shows it before the messages that are being sent.
        Assert.Equal(["You are in lobby", "bob joined", "bob: meanwhile", "alice: one", "alice: two"], await alice.LinesAsync());

        await alice.EvaluateAsync("window.release()");
        await alice.ShowsAsync(States, "one delivered,two delivered");
        Assert.Equal("Delivered,Delivered", await alice.EvaluateAsync(Marks));
        Assert.Equal(["You are in lobby", "bob joined", "bob: meanwhile", "alice: one", "alice: two"], await alice.LinesAsync());
        await bob.ShowsLineAsync("alice: two");
        Assert.Equal(["You are in lobby", "bob: meanwhile", "alice: one", "alice: two"], (await bob.LinesAsync()).Where(line => line != "alice joined"));
        Assert.Equal("0", await bob.EvaluateAsync("document.querySelectorAll('.message:not(.own) .mark').length"));
    }

    [Fact]
    public async Task A_refused_message_shows_the_refusal_in_its_place()
    {
        var alice = await EnterAsync("alice", "lobby");
        var text = new string('字', 1000);

        await alice.SayAsync(text);

        await alice.ShowsAsync(States, $"{text} refused");
        Assert.Equal("Not sent", await alice.EvaluateAsync(Marks));
        Assert.Equal("Not sent. That message is too long.", await alice.EvaluateAsync("document.querySelector('.own .why').textContent"));
        await alice.ShowsAsync("document.getElementById('text').value", text);
        await alice.SayAsync("short");
        await alice.ShowsAsync(States, $"{text} refused,short delivered");
    }

    [Fact]
    public async Task A_message_that_was_lost_on_its_way_is_sent_again()
    {
        await using var relay = Relay.Start(IPEndPoint.Parse(Chat.Page.Authority));
        var bob = await EnterAsync("bob", "lobby");
        var alice = await EnterAsync("alice", "lobby", new Uri($"http://{relay.EndPoint}/"), Line);
        await alice.EvaluateAsync("window.held = []");
        await alice.SayAsync("lost");
        await alice.ShowsAsync(States, "lost sending");

        await alice.EvaluateAsync("window.held = undefined");
        relay.Cut();

        await alice.ShowsAsync(States, "lost delivered");
        Assert.Equal(["You are in lobby", "Connection lost", "Connected again", "alice: lost"], await alice.LinesAsync());
        await bob.ShowsLineAsync("alice: lost");
    }

    [Fact]
    public async Task A_message_that_was_lost_with_the_session_returns_to_the_input()
    {
        var alice = await EnterAsync("alice", "lobby", before: Line);
        await alice.EvaluateAsync("window.held = []");
        await alice.SayAsync("lost");
        await alice.ShowsAsync(States, "lost sending");

        await alice.EvaluateAsync("window.held = undefined");
        await Chat.StopAsync();
        await Chat.StartAgainAsync();
        await alice.ShowsLineAsync("Connected again");

        Assert.Equal(["You are in lobby", "Connection lost", "Connected again"], await alice.LinesAsync());
        Assert.Equal("lost", await alice.EvaluateAsync("document.getElementById('text').value"));
        Assert.Equal("Your last message has not arrived. Please send it again.", await alice.EvaluateAsync("document.getElementById('notice').textContent"));
    }

    [Fact]
    public async Task A_message_without_a_receipt_is_found_in_the_history()
    {
        await using var relay = Relay.Start(IPEndPoint.Parse(Chat.Page.Authority));
        var bob = await EnterAsync("bob", "lobby");
        var alice = await EnterAsync("alice", "lobby", new Uri($"http://{relay.EndPoint}/"), Line);
        await alice.EvaluateAsync("window.deaf = window.last");
        await alice.SayAsync("arrived");
        await bob.ShowsLineAsync("alice: arrived");
        Assert.Equal("arrived sending", await alice.EvaluateAsync(States));

        relay.Cut();
        await alice.ShowsLineAsync("Connected again");

        await alice.ShowsAsync(States, "arrived delivered");
        Assert.Single(await alice.LinesAsync(), "alice: arrived");
        Assert.Equal("", await alice.EvaluateAsync("document.getElementById('text').value"));
    }

    [Theory]
    [InlineData("http://a.example", "<http://a.example/>")]
    [InlineData("see https://a.example/b?c=d&e#f now", "see <https://a.example/b?c=d&e#f> now")]
    [InlineData("HTTPS://A.EXAMPLE/B", "<https://a.example/B>")]
    [InlineData("https://a.example/b.", "<https://a.example/b>.")]
    [InlineData("https://a.example/b?!…", "<https://a.example/b>?!…")]
    [InlineData("(https://a.example/b)", "(<https://a.example/b>)")]
    [InlineData("(siehe https://a.example/b_(c)).", "(siehe <https://a.example/b_(c)>).")]
    [InlineData("[https://a.example/b], ok", "[<https://a.example/b>], ok")]
    [InlineData("\"https://a.example/b\"", "\"<https://a.example/b>\"")]
    [InlineData("看 https://a.example/b。好", "看 <https://a.example/b%E3%80%82%E5%A5%BD>")]
    [InlineData("看（https://a.example/b）。", "看（<https://a.example/b>）。")]
    [InlineData("https://a.example/grün", "<https://a.example/gr%C3%BCn>")]
    [InlineData("https://a.example https://b.example", "<https://a.example/> <https://b.example/>")]
    [InlineData("one\nhttps://a.example/\ntwo", "one\n<https://a.example/>\ntwo")]
    [InlineData("https://a.example/\u202Eb", "<https://a.example/>\u202Eb")]
    [InlineData("xhttps://a.example", "xhttps://a.example")]
    [InlineData("javascript:alert(1) data:text/html,x ftp://a.example file:///etc //a.example", "javascript:alert(1) data:text/html,x ftp://a.example file:///etc //a.example")]
    [InlineData("https:// http://... https://[ https://a:b:c", "https:// http://... https://[ https://a:b:c")]
    [InlineData("<a href='https://a.example/x'>", "<a href='<https://a.example/x>'>")]
    [InlineData("", "")]
    public async Task Addresses_of_the_web_are_links_and_nothing_else_is(string text, string nodes)
    {
        var page = await OpenAsync();

        var found = await page.EvaluateAsync(
            $"await import('./links.js').then(({{ linkify }}) => linkify({JsonValue.Create(text).ToJsonString()}).map(node => node.href ? `<${{node.href}}>` : node).join(''))");

        Assert.Equal(nodes, found);
    }

    [Fact]
    public async Task A_link_opens_a_new_window_without_an_opener_and_the_text_stays_unchanged()
    {
        const string Text = "see (https://a.example/x?y=<b>) & <i>this</i>";
        var alice = await EnterAsync("alice", "lobby");
        var bob = await EnterAsync("bob", "lobby");

        await alice.SayAsync(Text);

        foreach (var page in new[] { alice, bob })
        {
            await page.ShowsLineAsync($"alice: {Text}");
            Assert.Equal(
                "https://a.example/x?y= _blank noopener noreferrer https://a.example/x?y= 1",
                await page.EvaluateAsync(
                    "[...document.querySelectorAll('.text a')].map(link => [link.href, link.target, link.rel, link.textContent, document.querySelectorAll('.text *').length].join(' ')).join()"));
            Assert.Empty(page.Complaints());
        }
    }

    [Fact]
    public async Task Announcements_of_the_host_have_a_time()
    {
        var alice = await EnterAsync("alice", "lobby");

        await Chat.Room("lobby").AnnounceAsync("The round is over.");

        await alice.ShowsLineAsync("The round is over.");
        Assert.NotEqual("", await alice.EvaluateAsync("[...document.querySelectorAll('.quiet')].find(line => line.textContent === 'The round is over.').title"));
    }
}
