using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests;

/// <summary>The tutorial of docs/games.md, in three windows.</summary>
public sealed class NoughtsPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    private const string Board = "[...document.querySelectorAll('main button')].map(button => button.textContent.trim() || '.').join('')";
    private const string News = "document.getElementById('news').textContent";

    [Fact]
    public async Task Two_users_play_and_a_third_user_watches_also_after_a_reload_and_a_restart_of_the_server()
    {
        await using var noughts = await TestNoughts.StartAsync();
        await using var alice = await OpenAsync(noughts);
        await using var bob = await OpenAsync(noughts);
        await using var carol = await OpenAsync(noughts);
        Page[] all = [alice, bob, carol];
        foreach (var page in all)
            await page.ShowsAsync(News, "Seats are free.");
        await alice.ClickAsync("#claim");
        await noughts.IsSeatedAsync();
        await bob.ClickAsync("#claim");
        var names = (Alice: await alice.EvaluateAsync("sessionStorage.nick"), Bob: await bob.EvaluateAsync("sessionStorage.nick"));
        foreach (var page in all)
            await page.ShowsAsync(News, $"{names.Alice} is to move.");

        await MoveAsync(alice, 5, all, "....X....");
        await carol.ClickAsync("[aria-label=\"Square 1\"]");
        await carol.ShowsAsync(News, "The server has refused with -64: You hold no seat.");
        await MoveAsync(bob, 1, all, "O...X....");
        await bob.ReloadAsync();
        await bob.ShowsAsync(Board, "O...X....");
        await MoveAsync(alice, 3, all, "O.X.X....");

        await noughts.StopAsync();
        await noughts.StartAgainAsync();
        // A click before the client has reconnected is rejected. The test ends the clicks: the page may be so slow that it never sees this board between two of them.
        await bob.EvaluateAsync("""
            globalThis.trying = setInterval(() => document.querySelector('[aria-label="Square 2"]').click(), 200)
            """);
        await bob.ShowsAsync(Board, "OOX.X....");
        await bob.EvaluateAsync("clearInterval(trying)");
        foreach (var page in all)
            await page.ShowsAsync(Board, "OOX.X....");
        await MoveAsync(alice, 7, all, "OOX.X.X..");
        foreach (var page in all)
            await page.ShowsAsync(News, $"{names.Alice} wins.");
        await alice.ClickAsync("#rematch");
        await bob.ClickAsync("#rematch");
        foreach (var page in all)
            await page.ShowsAsync($"{Board} + {News}", $".........{names.Alice} is to move.");
    }

    private static async Task MoveAsync(Page player, int square, Page[] all, string board)
    {
        await player.ClickAsync($"[aria-label=\"Square {square}\"]");
        foreach (var page in all)
            await page.ShowsAsync(Board, board);
    }

    private async Task<Page> OpenAsync(TestNoughts noughts) => await browser.Tools.OpenAsync(noughts.Page, focus: "");
}
