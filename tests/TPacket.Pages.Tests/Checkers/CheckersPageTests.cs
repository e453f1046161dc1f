using TPacket.Pages.Tests.Harness;

namespace TPacket.Pages.Tests.Checkers;

/// <summary>The checkers page, with two players and a spectator.</summary>
public sealed class CheckersPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>, IAsyncLifetime
{
    // A whole game that White wins. It has captures of two pieces, by men and by kings.
    internal static readonly string[] Game =
    [
        "10-15", "22-17", "12-16", "24-20", "7-10", "17-13", "2-7", "23-19", "15x24", "28x19x12", "11-16", "20x11x2", "3-7",
        "12x3", "9-14", "2x11", "6-9", "13x6", "10-15", "11x18x9", "1x10", "9-13", "4-8", "3x12", "5-9", "13x6x15",
    ];

    private readonly List<Player> _players = [];
    private TestCheckers _server = null!;

    public async Task InitializeAsync() => _server = await TestCheckers.StartAsync();

    public async Task DisposeAsync()
    {
        try
        {
            foreach (var player in _players)
                await player.DisposeAsync();
        }
        finally
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Two_users_play_a_whole_game_by_mouse_and_a_third_user_watches()
    {
        var (black, white, link) = await BeginAsync();
        var third = await OpenAsync(link);
        await third.PlaysAsync();
        await PlayAsync(Game, black, white, static (player, move, number) => number % 3 == 0 ? player.DragMoveAsync(move) : player.ClickMoveAsync(move), third);

        await black.SaysAsync("result-title", "You lost");
        await white.SaysAsync("result-title", "You won");
        await third.SaysAsync("result-title", "White wins");
        await black.SaysAsync("result-reason", "You have no move left.");
        // Back to the beginning, and forward again.
        await third.Page.ClickAsync("#start");
        await third.Page.ShowsAsync("document.querySelectorAll('.piece:not(.taken)').length", "24");
        await third.Page.ClickAsync("#forward");
        await third.Page.ShowsAsync("document.querySelector('#moves [aria-current]').textContent", "10-15");
        await third.Page.ClickAsync("#live");
        await third.Page.ShowsAsync("document.querySelector('#moves [aria-current]').textContent", "13x6x15");
    }

    [Fact]
    public async Task A_whole_game_is_played_by_keyboard()
    {
        var (black, white, _) = await BeginAsync();
        await PlayAsync(Game, black, white, static (player, move, _) => player.TypeMoveAsync(move));
        await white.SaysAsync("result-title", "You won");
        // Screen readers get the moves.
        await white.Page.ShowsAsync("[document.getElementById('spoken-a').textContent, document.getElementById('spoken-b').textContent].some(text => text === 'You won. ' + document.getElementById('result-reason').textContent)", "true");
    }

    [Fact]
    public async Task A_reloaded_page_keeps_name_and_seat()
    {
        var (black, white, _) = await BeginAsync();
        await PlayAsync(Game[..5], black, white, static (player, move, _) => player.ClickMoveAsync(move));
        var name = await black.Page.EvaluateAsync("document.getElementById('nick').value");
        foreach (var player in (Player[])[black, white])
        {
            await player.Page.ReloadAsync();
            await player.HasMovesAsync(5);
        }

        Assert.Equal(name, await black.Page.EvaluateAsync("document.querySelector('#bottom bdi').textContent"));
        Assert.Equal("you", await black.Page.EvaluateAsync("document.querySelector('#bottom .you').textContent"));
        await PlayAsync(Game, black, white, static (player, move, _) => player.ClickMoveAsync(move), from: 5, to: 9);
    }

    [Fact]
    public async Task The_game_continues_after_the_server_was_killed_between_two_moves()
    {
        var (black, white, link) = await BeginAsync();
        var third = await OpenAsync(link);
        await PlayAsync(Game, black, white, static (player, move, _) => player.ClickMoveAsync(move), third, to: 9);
        await _server.KillAsync();
        foreach (var player in (Player[])[black, white, third])
            await player.Page.ShowsAsync("document.getElementById('curtain').hidden", "false");
        await _server.StartAgainAsync();
        foreach (var player in (Player[])[black, white, third])
        {
            await player.Page.ShowsAsync("document.getElementById('curtain').hidden", "true");
            await player.HasMovesAsync(9);
        }

        await PlayAsync(Game, black, white, static (player, move, _) => player.ClickMoveAsync(move), third, from: 9);
        await third.SaysAsync("result-title", "White wins");
    }

    [Fact]
    public async Task A_player_that_does_not_move_loses_on_time()
    {
        var black = await OpenAsync(_server.Page);
        await black.ChooseAsync("clock", "custom");
        await black.Page.EvaluateAsync("(field => { field.min = '0'; field.step = 'any'; field.value = '0.02'; })(document.querySelector('[name=minutes]'))");
        var white = await OpenAsync(await black.InviteAsync());
        await white.JoinAsync();
        await black.SaysAsync("result-title", "You lost");
        await black.SaysAsync("result-reason", "You have run out of time.");
        await white.SaysAsync("result-title", "You won");
        await black.Page.ShowsAsync("document.querySelector('#bottom .clock').textContent", "0:00.0");
    }

    [Fact]
    public async Task A_draw_is_offered_declined_and_accepted()
    {
        var (black, white, _) = await BeginAsync();
        await black.Page.ClickAsync("#draw");
        await white.Page.ShowsAsync("document.querySelector('#offer p')?.textContent.endsWith('offers a draw.')", "true");
        await white.Page.ClickAsync("#decline");
        foreach (var player in (Player[])[black, white])
            await player.Page.ShowsAsync("document.getElementById('offer').hidden", "true");
        await PlayAsync(Game, black, white, static (player, move, _) => player.ClickMoveAsync(move), to: 1);
        await black.Page.ClickAsync("#draw");
        await white.Page.ShowsAsync("document.getElementById('accept') !== null", "true");
        await white.Page.ClickAsync("#accept");
        foreach (var player in (Player[])[black, white])
        {
            await player.SaysAsync("result-title", "Draw");
            await player.SaysAsync("result-reason", "Both players have agreed to a draw.");
        }
    }

    [Fact]
    public async Task A_player_resigns_and_the_rematch_has_swapped_colours()
    {
        var (black, white, _) = await BeginAsync();
        await PlayAsync(Game, black, white, static (player, move, _) => player.ClickMoveAsync(move), to: 2);
        await black.Page.ClickAsync("#resign");
        await black.Page.ShowsAsync("document.getElementById('confirm') !== null", "true");
        await black.Page.ClickAsync("#confirm");
        await white.SaysAsync("result-title", "You won");
        await black.SaysAsync("result-reason", "You have resigned.");

        await white.Page.ShowsAsync("document.getElementById('rematch') !== null", "true");
        await white.Page.ClickAsync("#rematch");
        await black.Page.ShowsAsync("document.getElementById('accept') !== null", "true");
        await black.Page.ClickAsync("#accept");
        foreach (var (player, side) in ((Player, string)[])[(black, "1"), (white, "0")])
        {
            await player.PlaysAsync();
            await player.Page.ShowsAsync("document.getElementById('bottom').dataset.side", side);
            await player.Page.ShowsAsync("document.querySelector('#bottom .you') !== null", "true");
        }

        await white.ClickMoveAsync(Game[0]);
        await black.HasMovesAsync(1);
    }

    [Fact]
    public async Task A_name_and_a_text_with_HTML_are_shown_as_text()
    {
        const string Name = "<img src=x onerror=a()>";
        const string Text = "<script>window.isHacked = 1</script><img src=x onerror='window.isHacked = 1'> \u202egnp.exe";
        var black = await OpenAsync(_server.Page, before: $"try {{ localStorage.setItem('nick', JSON.stringify('{Name}')); }} catch {{}}");
        var white = await OpenAsync(await black.InviteAsync());
        await white.JoinAsync();
        await white.Page.ShowsAsync("document.querySelector('#top bdi').textContent", Name);
        await black.Page.FillAsync("text", Text);
        await black.Page.PressAsync("Enter");
        foreach (var player in (Player[])[black, white])
        {
            await player.Page.ShowsAsync("document.querySelector('#lines .message .text')?.textContent", Text);
            await player.Page.ShowsAsync("document.querySelector('#lines .message .sender').textContent", Name);
            Assert.Equal("undefined", await player.Page.EvaluateAsync("window.isHacked"));
            Assert.Equal("0", await player.Page.EvaluateAsync("document.querySelectorAll('main img, main script').length"));
        }
    }

    [Fact]
    public async Task A_whole_game_fits_on_a_phone()
    {
        var (black, white) = (await OpenAsync(_server.Page), await OpenAsync(_server.Page));
        foreach (var player in (Player[])[black, white])
        {
            await player.Page.ResizeAsync(360, 740);
            await FitsAsync(player);
        }

        var link = await black.InviteAsync();
        await FitsAsync(black);
        await white.Page.EvaluateAsync($"void (location.hash = '{link.Fragment}')");
        await white.JoinAsync();
        await PlayAsync(Game, black, white, static (player, move, _) => player.StepMoveAsync(move));
        await black.SaysAsync("result-title", "You lost");
        await FitsAsync(black);
        Assert.Equal("true", await black.Page.EvaluateAsync("document.getElementById('board').getBoundingClientRect().width === document.documentElement.clientWidth"));

        static Task FitsAsync(Player player) => player.Page.ShowsAsync("document.documentElement.scrollWidth <= 360", "true");
    }

    [Fact]
    public async Task A_forced_capture_is_hinted_and_can_be_chosen_square_by_square()
    {
        var black = await OpenAsync(_server.Page);
        await black.Page.EvaluateAsync("void (document.getElementById('fen').value = 'B:W14,22,23,32:B1,9')");
        var white = await OpenAsync(await black.InviteAsync());
        await white.JoinAsync();
        await black.SaysAsync("status", "Your turn. You must capture.");
        await black.Page.ShowsAsync("[...document.querySelectorAll('.forced')].map(square => square.dataset.square).join()", "9");
        await black.Page.ClickAsync("[data-square=\"1\"]");
        await black.SaysAsync("hint", "You must capture.");

        await black.Page.ClickAsync("[data-square=\"9\"]");
        await black.Page.ShowsAsync("[...document.querySelectorAll('.targets')].map(square => square.dataset.square).sort().join()", "18,25,27");
        await black.Page.ClickAsync("[data-square=\"18\"]");
        await black.Page.ShowsAsync("[...document.querySelectorAll('.targets')].map(square => square.dataset.square).sort().join()", "25,27");
        // An offer of the opponent keeps the player's selection.
        await white.Page.ClickAsync("#draw");
        await black.Page.ShowsAsync("document.getElementById('accept') !== null", "true");
        await black.Page.ShowsAsync("document.querySelector('.selected').dataset.square", "18");
        await black.Page.PressAsync("Escape");
        await black.Page.ShowsAsync("document.querySelector('.forced').ariaLabel", "9, black man, can move");
        await black.ClickMoveAsync("9x27");
        await white.HasMovesAsync(1);
        Assert.Equal("9x18x27", await white.Page.EvaluateAsync("document.querySelector('#moves [aria-current]').textContent"));
    }

    [Fact]
    public async Task The_computer_plays_at_each_level()
    {
        var player = await OpenAsync(_server.Page);
        foreach (var level in (string[])["beginner", "casual", "club", "strong"])
        {
            await player.ChooseAsync("side", "white");
            await player.Page.ClickAsync($"#new [data-level=\"{level}\"]");
            await player.HasMovesAsync(1);
            await player.Page.ShowsAsync("document.querySelector('#top bdi').textContent", $"Computer, {level}");
            await player.IsToMoveAsync();
            await player.Page.ClickAsync("#home");
            await player.Page.ShowsAsync("document.getElementById('leave-dialog').open", "true");
            await player.Page.ClickAsync("#leave-dialog [value=\"leave\"]");
            await player.Page.ShowsAsync("document.getElementById('lobby').hidden", "false");
        }
    }

    [Fact]
    public async Task Two_users_of_the_queue_play_with_the_time_that_they_have_chosen()
    {
        var (one, other) = (await OpenAsync(_server.Page), await OpenAsync(_server.Page));
        foreach (var player in (Player[])[one, other])
        {
            await player.ChooseAsync("clock", "3+2");
            await player.Page.ClickAsync("#seek");
        }

        foreach (var player in (Player[])[one, other])
        {
            await player.PlaysAsync();
            await player.Page.ShowsAsync("[...document.querySelectorAll('.clock')].every(clock => /^(3:00|2:5\\d)$/.test(clock.textContent))", "true");
        }
    }

    [Fact]
    public async Task A_game_is_listed_while_it_is_open_while_it_runs_and_when_it_is_over_and_can_be_replayed_saved_and_read()
    {
        var watcher = await OpenAsync(_server.Page);
        var black = await OpenAsync(_server.Page);
        var link = await black.InviteAsync(kind: "anybody");
        await watcher.Page.ShowsAsync("document.querySelector('#open a')?.hash", link.Fragment);
        var white = await OpenAsync(link);
        await white.JoinAsync();
        await watcher.Page.ShowsAsync("document.querySelector('#running a')?.hash", link.Fragment);
        await PlayAsync(Game, black, white, static (player, move, _) => player.ClickMoveAsync(move));
        await watcher.Page.ShowsAsync("document.querySelector('#finished a')?.hash", $"#game/{link.Fragment[1..]}/1");

        await watcher.Page.ClickAsync("#finished a");
        await watcher.HasReplayAsync();
        await watcher.Page.EvaluateAsync("void (URL.createObjectURL = file => ((window.saved = file), '#'))");
        await watcher.Page.ClickAsync("#download");
        Assert.Contains(" 13. 5-9 13x6x15 0-1", (await watcher.Page.EvaluateAsync("(await window.saved.text()).replaceAll('\\n', ' ')"))!, StringComparison.Ordinal);

        await watcher.Page.EvaluateAsync("""
            (async () => {
              const files = new DataTransfer();
              files.items.add(new File([await window.saved.text() + '\n[White "<b>"]\n1. 11-15 1-2 *'], 'two.pdn'));
              document.getElementById('file').files = files.files;
              document.getElementById('file').dispatchEvent(new Event('change'));
            })()
            """);
        await watcher.Page.ShowsAsync("location.hash", "#file");
        await watcher.HasReplayAsync();
        await watcher.Page.ClickAsync("#games-list li:nth-child(2) button");
        await watcher.Page.ShowsAsync("document.getElementById('notice').textContent.includes('The move 1-2 is illegal')", "true");
        Assert.Equal("<b>", await watcher.Page.EvaluateAsync("document.querySelector('#bottom bdi').textContent"));
    }

    private async Task<Player> OpenAsync(Uri address, string before = "")
    {
        var player = await Player.OpenAsync(browser, address, before);
        _players.Add(player);
        return player;
    }

    private async Task<(Player Black, Player White, Uri Link)> BeginAsync()
    {
        var black = await OpenAsync(_server.Page);
        var link = await black.InviteAsync();
        var white = await OpenAsync(link);
        await white.JoinAsync();
        await black.PlaysAsync();
        return (black, white, link);
    }

    /// <summary>Plays moves of a game; all players see each move before the next one.</summary>
    internal static async Task PlayAsync(string[] game, Player black, Player white, Func<Player, string, int, Task> move, Player? third = null, int from = 0, int? to = null)
    {
        for (var i = from; i < (to ?? game.Length); i++)
        {
            await move(i % 2 == 0 ? black : white, game[i], i);
            foreach (var player in (Player?[])[black, white, third])
            {
                if (player is not null)
                    await player.HasMovesAsync(i + 1);
            }
        }
    }
}
