using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using TPacket.Interop.Tests;

namespace TPacket.Pages.Tests.Harness;

/// <summary>The sample's page, with key presses as its input and the rendered page as its output.</summary>
internal sealed class Page(DevTools tools, string session, string context, ChannelReader<JsonNode> events) : IAsyncDisposable
{
    /// <summary>Loads the page at the width of a desktop, in a focused window.</summary>
    /// <param name="address">The address of the page.</param>
    /// <param name="before">A script that runs before those of the page.</param>
    /// <param name="focus">The id of the element that has the focus once the page's module has run.</param>
    public async Task LoadAsync(Uri address, string before, string focus = "nick")
    {
        await RequestAsync("Runtime.enable");
        await RequestAsync("Log.enable");
        await RequestAsync("Emulation.setFocusEmulationEnabled", new { enabled = true });
        await ResizeAsync(1280, 800);
        // Scripts of new documents are run only where the domain is enabled.
        await RequestAsync("Page.enable");
        await RequestAsync("Page.addScriptToEvaluateOnNewDocument", new { source = before });
        await RequestAsync("Page.navigate", new { url = address.ToString() });
        // The module has run when it has put the focus into the form.
        await ShowsAsync("document.readyState === 'complete' && document.activeElement.id", focus);
    }

    /// <summary>Loads the page again, in the same tab.</summary>
    public async Task ReloadAsync()
    {
        await EvaluateAsync("window.isOld = true");
        await RequestAsync("Page.reload");
        await ShowsAsync("document.readyState === 'complete' && window.isOld === undefined", "true");
    }

    public Task ResizeAsync(int width, int height) => RequestAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false });

    /// <summary>Signs in with keys alone.</summary>
    public async Task EnterAsync(string nick, string room)
    {
        await TrySignInAsync(nick, room);
        await ShowsAsync("document.activeElement.id", "text");
        await ShowsAsync("document.getElementById('state').textContent", "Connected");
    }

    public async Task TrySignInAsync(string nick, string room)
    {
        await FillAsync("nick", nick);
        await FillAsync("room", room);
        await PressAsync("Enter");
    }

    public async Task FillAsync(string id, string words)
    {
        await EvaluateAsync($"document.getElementById('{id}').focus()");
        await EvaluateAsync($"document.getElementById('{id}').select()");
        await TypeAsync(words);
    }

    public Task TypeAsync(string words) => RequestAsync("Input.insertText", new { text = words });

    public async Task SayAsync(string words)
    {
        await FillAsync("text", words);
        await PressAsync("Enter");
    }

    public async Task PressAsync(string key)
    {
        var (code, text) = key switch
        {
            "Enter" => (13, "\r"),
            "Tab" => (9, null),
            "Escape" => (27, (string?)null),
            "ArrowLeft" => (37, null),
            "ArrowUp" => (38, null),
            "ArrowRight" => (39, null),
            "ArrowDown" => (40, null),
            _ => throw new ArgumentOutOfRangeException(nameof(key), key, "No key that these tests use."),
        };
        await RequestAsync("Input.dispatchKeyEvent", new { type = text is null ? "rawKeyDown" : "keyDown", key, code = key, windowsVirtualKeyCode = code, text = text ?? "" });
        await RequestAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = code });
    }

    /// <summary>Clicks the middle of an element.</summary>
    public async Task ClickAsync(string selector)
    {
        var (x, y) = await FindAsync(selector);
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
            await RequestAsync("Input.dispatchMouseEvent", new { type, x, y, button = "left", clickCount = 1 });
    }

    /// <summary>Drags from the middle of an element to the middle of another one.</summary>
    public async Task DragAsync(string selector, string target)
    {
        var (fromX, fromY) = await FindAsync(selector);
        var (toX, toY) = await FindAsync(target);
        await RequestAsync("Input.dispatchMouseEvent", new { type = "mousePressed", x = fromX, y = fromY, button = "left", clickCount = 1 });
        foreach (var part in new[] { 0.3, 0.7, 1 })
            await RequestAsync("Input.dispatchMouseEvent", new { type = "mouseMoved", x = fromX + ((toX - fromX) * part), y = fromY + ((toY - fromY) * part), button = "left", buttons = 1 });
        await RequestAsync("Input.dispatchMouseEvent", new { type = "mouseReleased", x = toX, y = toY, button = "left", clickCount = 1 });
    }

    /// <summary>Scrolls an element into view, and returns the position of its middle.</summary>
    private async Task<(double X, double Y)> FindAsync(string selector)
    {
        // The browser may drop input that arrives before it has drawn the page in its present size.
        var where = await EvaluateAsync($$"""
            await (async () => {
              document.querySelector('{{selector}}').scrollIntoView({ block: 'nearest' });
              await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
              const box = document.querySelector('{{selector}}').getBoundingClientRect();
              return `${box.x + box.width / 2} ${box.y + box.height / 2}`;
            })()
            """);
        var numbers = Array.ConvertAll(where!.Split(' '), number => double.Parse(number, CultureInfo.InvariantCulture));
        return (numbers[0], numbers[1]);
    }

    /// <summary>Waits until the log has a line; messages are <c>nick: text</c>, as screen readers get them.</summary>
    public Task ShowsLineAsync(string line) => ShowsAsync($"{Lines}.includes({Quote(line)})", "true");

    /// <summary>The lines of the log.</summary>
    public async Task<string[]> LinesAsync() => [.. JsonNode.Parse((await EvaluateAsync($"JSON.stringify({Lines})"))!)!.AsArray().Select(line => (string)line!)];

    /// <summary>Waits until the page shows the given members of the room.</summary>
    public Task HasPeopleAsync(params string[] nicks) =>
        ShowsAsync("[...document.querySelectorAll('#people bdi')].map(nick => nick.textContent).sort().join()", string.Join(',', nicks.Order(StringComparer.Ordinal)));

    /// <summary>Waits until an expression has a value.</summary>
    public async Task ShowsAsync(string expression, string value)
    {
        using var deadline = Deadline.Start();
        while (await EvaluateAsync(expression) is var found && found != value)
        {
            if (deadline.IsCancellationRequested)
                Assert.Fail($"{expression} is '{found}', not '{value}'. The page says:\n{await EvaluateAsync("document.body.innerText")}");
            await Task.Delay(20);
        }
    }

    /// <summary>Evaluates an expression as a string.</summary>
    public async Task<string?> EvaluateAsync(string expression)
    {
        var reply = await RequestAsync("Runtime.evaluate", new { expression = $"(async () => String({expression}))()", returnByValue = true, awaitPromise = true });
        return reply["exceptionDetails"] is { } exception ? throw new InvalidOperationException($"{expression}: {exception}") : (string?)reply["result"]!["value"];
    }

    /// <summary>The errors of the page, and the violations of its content security policy.</summary>
    public List<string> Complaints()
    {
        List<string> complaints = [];
        while (events.TryRead(out var message))
        {
            var entry = message["params"]?["entry"];
            if ((string?)message["method"] == "Runtime.exceptionThrown" || (string?)entry?["source"] is "security" or "javascript" or "violation")
                complaints.Add(message.ToJsonString());
        }

        return complaints;
    }

    public async ValueTask DisposeAsync() => await tools.RequestAsync("Target.disposeBrowserContext", new { browserContextId = context });

    /// <summary>The lines of the log, as an expression.</summary>
    public const string Lines = """[...document.getElementById('lines').children].map(line => line.classList.contains('message') ? line.querySelector('.nick').textContent + line.querySelector('.text').textContent : line.textContent)""";

    private Task<JsonNode> RequestAsync(string method, object? parameters = null) => tools.RequestAsync(method, parameters, session);

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString();
}
