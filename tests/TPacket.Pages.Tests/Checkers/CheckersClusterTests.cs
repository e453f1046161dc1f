using TPacket.Pages.Tests.Harness;
using TPacket.Redis.Tests.Harness;

namespace TPacket.Pages.Tests.Checkers;

/// <summary>The checkers page with three servers on one Redis.</summary>
public sealed class CheckersClusterTests(ChromiumFixture browser, RedisFixture redis) : IClassFixture<ChromiumFixture>, IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Two_players_and_a_spectator_of_three_servers_see_one_game()
    {
        await using var first = await TestCheckers.StartAsync(redis.Server.Configuration);
        await using var second = await TestCheckers.StartAsync(redis.Server.Configuration);
        await using var last = await TestCheckers.StartAsync(redis.Server.Configuration);
        await using var black = await Player.OpenAsync(browser, first.Page);
        var link = await black.InviteAsync(kind: "anybody");
        await using var third = await Player.OpenAsync(browser, last.Page);
        await third.Page.ShowsAsync("document.querySelector('#open a')?.hash", link.Fragment);

        await using var white = await Player.OpenAsync(browser, new Uri(second.Page, link.Fragment));
        await white.JoinAsync();
        await third.Page.ShowsAsync("document.querySelector('#running a')?.hash", link.Fragment);
        await third.Page.ClickAsync("#running a");
        await third.PlaysAsync();
        await CheckersPageTests.PlayAsync(CheckersPageTests.Game, black, white, static (player, move, _) => player.ClickMoveAsync(move), third);
        await third.SaysAsync("result-title", "White wins");
        await third.Page.ClickAsync("#home");
        await third.Page.ShowsAsync("document.querySelector('#finished a')?.hash", $"#game/{link.Fragment[1..]}/1");
    }
}
