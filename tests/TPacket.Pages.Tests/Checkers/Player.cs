using System.Globalization;
using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests.Checkers;

/// <summary>A player or spectator with the checkers page open.</summary>
internal sealed class Player(Page page) : IAsyncDisposable
{
    private const string MovesMade = "document.querySelectorAll('#moves .move:not([hidden]):not([disabled])').length";
    private const string Focused = "document.activeElement.dataset.square ?? ''";

    public Page Page => page;

    public static async Task<Player> OpenAsync(ChromiumFixture browser, Uri address, string before = "")
    {
        var page = await browser.Tools.OpenAsync(address, before, focus: "");
        await page.ShowsAsync("document.body.dataset.ready", "true");
        return new Player(page);
    }

    /// <summary>Creates a game for a friend.</summary>
    /// <returns>The link to the game.</returns>
    public async Task<Uri> InviteAsync(string side = "black", string kind = "friend")
    {
        await ChooseAsync("side", side);
        await page.ClickAsync($"#{kind}");
        // The page shows the link after the seat is taken and the clock is set.
        await page.ShowsAsync("document.getElementById('invite').hidden || sessionStorage.plan !== undefined", "false");
        return new Uri((await page.EvaluateAsync("document.getElementById('link').value"))!);
    }

    public Task ChooseAsync(string name, string value) => page.ClickAsync($"[name=\"{name}\"][value=\"{value}\"] + span");

    /// <summary>Takes the free seat.</summary>
    public async Task JoinAsync()
    {
        await page.ShowsAsync("document.getElementById('join').hidden", "false");
        await page.ClickAsync("#join-seats button");
        await PlaysAsync();
    }

    /// <summary>Waits until the game runs.</summary>
    public Task PlaysAsync() => page.ShowsAsync("document.getElementById('seatbox').hidden && document.getElementById('result').hidden && document.getElementById('status').textContent !== ''", "true");

    /// <summary>Waits until the list has a number of moves, and the board shows the position after the last one.</summary>
    public async Task HasMovesAsync(int count)
    {
        await page.ShowsAsync(MovesMade, count.ToString(CultureInfo.InvariantCulture));
        await page.ShowsAsync("document.getElementById('live').disabled", "true");
    }

    /// <summary>Waits until the page shows the beginning of a replay of 26 moves.</summary>
    public async Task HasReplayAsync()
    {
        await page.ShowsAsync(MovesMade, "26");
        await page.ShowsAsync("document.getElementById('start').disabled", "true");
    }

    public Task IsToMoveAsync() => page.ShowsAsync("document.querySelector('.movable') !== null", "true");

    public Task SaysAsync(string id, string text) => page.ShowsAsync($"document.getElementById('{id}').textContent", text);

    /// <summary>Moves with two clicks: on the piece, and on its last square.</summary>
    public async Task ClickMoveAsync(string move)
    {
        var path = PathOf(move);
        await IsToMoveAsync();
        await page.ClickAsync(Square(path[0]));
        await page.ClickAsync(Square(path[^1]));
    }

    /// <summary>Moves with a click on each square.</summary>
    public async Task StepMoveAsync(string move)
    {
        await IsToMoveAsync();
        foreach (var square in PathOf(move))
            await page.ClickAsync(Square(square));
    }

    /// <summary>Moves by dragging the piece to its last square.</summary>
    public async Task DragMoveAsync(string move)
    {
        var path = PathOf(move);
        await IsToMoveAsync();
        await page.DragAsync(Square(path[0]), Square(path[^1]));
    }

    /// <summary>Moves with keys alone: arrows go to the squares, Enter selects.</summary>
    public async Task TypeMoveAsync(string move)
    {
        var path = PathOf(move);
        await IsToMoveAsync();
        for (var tabs = 0; await page.EvaluateAsync(Focused) == ""; tabs++)
        {
            Assert.True(tabs < 60, "The Tab key does not lead to the board.");
            await page.PressAsync("Tab");
        }

        foreach (var square in (int[])[path[0], path[^1]])
        {
            await GoAsync(square);
            await page.PressAsync("Enter");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(page.Complaints());
        await page.DisposeAsync();
    }

    private static int[] PathOf(string move) => Array.ConvertAll(move.Split('-', 'x'), square => int.Parse(square, CultureInfo.InvariantCulture));

    private static string Square(int number) => $"[data-square=\"{number}\"]";

    private async Task GoAsync(int square)
    {
        var (row, column) = await PlaceAsync(Square(square));
        while (await PlaceAsync(":focus") is var (atRow, atColumn) && (atRow, atColumn) != (row, column))
            await page.PressAsync(atRow < row ? "ArrowDown" : atRow > row ? "ArrowUp" : atColumn < column ? "ArrowRight" : "ArrowLeft");
    }

    /// <summary>Returns the row and the column of a square on the page.</summary>
    private async Task<(int Row, int Column)> PlaceAsync(string selector)
    {
        var place = await page.EvaluateAsync($"((style) => `${{parseFloat(style.top) / 12.5}} ${{parseFloat(style.left) / 12.5}}`)(document.querySelector('{selector}').style)");
        var numbers = Array.ConvertAll(place!.Split(' '), number => int.Parse(number, CultureInfo.InvariantCulture));
        return (numbers[0], numbers[1]);
    }
}
