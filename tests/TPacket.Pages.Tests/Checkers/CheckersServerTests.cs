using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace TPacket.Pages.Tests.Checkers;

/// <summary>The server of the checkers page, without a browser.</summary>
public sealed class CheckersServerTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new();
    private TestCheckers _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestCheckers.StartAsync();
        _http.BaseAddress = _server.Page;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task The_page_can_load_only_its_own_files()
    {
        using var reply = await _http.GetAsync(new Uri("/", UriKind.Relative));
        var policy = Assert.Single(reply.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("require-trusted-types-for 'script'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_read_up_to_the_first_fault_of_each_game()
    {
        var games = await ReadAsync("[White \"Zoë\"][Secret \"x\"] 1. 11-15 22-18 2. 15x22 1-2 *\n[FEN \"W:W32:BK1\"] 1. 32-28 *");
        Assert.Equal(2, games.Count);
        var tag = Assert.Single(games[0]!["tags"]!.AsObject());
        Assert.Equal(("White", "Zoë"), (tag.Key, (string?)tag.Value));
        Assert.Equal(["", "11-15", "22-18", "15x22"], games[0]!["boards"]!.AsArray().Select(static board => (string?)board!["last"] ?? ""));
        Assert.StartsWith("Line 1, column", (string?)games[0]!["fault"], StringComparison.Ordinal);
        Assert.Equal(["W:W32:BK1", "B:W28:BK1"], games[1]!["boards"]!.AsArray().Select(static board => (string?)board!["position"]));
        Assert.Null(games[1]!["fault"]);
    }

    [Fact]
    public async Task A_file_that_is_too_long_is_refused()
    {
        using var content = new ByteArrayContent(new byte[(256 * 1024) + 1]);
        using var reply = await _http.PostAsync(new Uri("/pdn", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
    }

    [Fact]
    public async Task An_unknown_game_is_not_found()
    {
        using var reply = await _http.GetAsync(new Uri("/games/checkers-open-1/1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal("""{"open":[],"running":[],"finished":[]}""", await _http.GetStringAsync(new Uri("/games", UriKind.Relative)));
    }

    private async Task<JsonArray> ReadAsync(string pdn)
    {
        using var content = new StringContent(pdn, Encoding.UTF8);
        using var reply = await _http.PostAsync(new Uri("/pdn", UriKind.Relative), content);
        return JsonNode.Parse(await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!.AsArray();
    }
}
