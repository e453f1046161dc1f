using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests;

/// <summary>The page of the poll, in two windows.</summary>
public sealed class PollPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    private const string Counts = "[...document.querySelectorAll('output')].map(output => output.textContent).join()";
    private const string News = "document.getElementById('news').textContent";

    [Fact]
    public async Task Two_users_vote_and_see_each_others_votes_also_after_the_server_was_killed()
    {
        await using var poll = await TestPoll.StartAsync();
        await using var alice = await OpenAsync(poll);
        await using var bob = await OpenAsync(poll);
        await alice.ClickAsync("button[value=\"0\"]");
        foreach (var page in (Page[])[alice, bob])
            await page.ShowsAsync(Counts, "1,0");

        await poll.KillAsync();
        foreach (var page in (Page[])[alice, bob])
            await page.ShowsAsync($"{News} !== ''", "true");
        await poll.StartAgainAsync();
        foreach (var page in (Page[])[alice, bob])
            await page.ShowsAsync(News, "");
        await bob.ClickAsync("button[value=\"1\"]");
        foreach (var page in (Page[])[alice, bob])
            await page.ShowsAsync(Counts, "1,1");
        await bob.ClickAsync("button[value=\"0\"]");
        foreach (var page in (Page[])[alice, bob])
            await page.ShowsAsync(Counts, "2,0");
        Assert.Empty(alice.Complaints());
        Assert.Empty(bob.Complaints());
    }

    private async Task<Page> OpenAsync(TestPoll poll)
    {
        var page = await browser.Tools.OpenAsync(poll.Page, focus: "");
        await page.ShowsAsync($"{Counts} + {News}", "0,0");
        return page;
    }
}
