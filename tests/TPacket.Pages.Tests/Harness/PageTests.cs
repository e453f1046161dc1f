
namespace TPacket.Pages.Tests.Harness;

/// <summary>Tests of the page, each with a server of its own.</summary>
public abstract class PageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>, IAsyncLifetime
{
    private readonly List<Page> _pages = [];
    private TestChat? _chat;

    internal TestChat Chat => _chat!;

    internal IReadOnlyList<Page> Pages => _pages;

    public async Task InitializeAsync() => _chat = await TestChat.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var page in _pages)
            await page.DisposeAsync();
        await Chat.DisposeAsync();
    }

    internal async Task<Page> OpenAsync(Uri? address = null, string before = "")
    {
        var page = await browser.Tools.OpenAsync(address ?? Chat.Page, before);
        _pages.Add(page);
        return page;
    }

    internal async Task<Page> EnterAsync(string nick, string room, Uri? address = null, string before = "")
    {
        var page = await OpenAsync(address, before);
        await page.EnterAsync(nick, room);
        return page;
    }
}
