using TPacket.Client;

namespace Noughts_Game.Tests;

public sealed class GameAppTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("noughts-").FullName;

    [Fact]
    public async Task A_move_is_seen_by_the_other_player()
    {
        await using var app = GameApp.Create("--urls=http://127.0.0.1:0", $"--TPacket:Sqlite:Path={Path.Combine(_folder, "games.db")}");
        await app.StartAsync();
        var address = new Uri(new Uri(app.Urls.Single()), "rooms");
        await using var alice = new TPacketClient(address, new TPacketClientOptions().AcceptGames());
        await using var bob = new TPacketClient(address, new TPacketClientOptions().AcceptGames());
        using var hers = new Game<string, int>(alice, NoughtsJson.Default);
        using var his = new Game<string, int>(bob, NoughtsJson.Default);
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        his.Changed += change =>
        {
            if (change.HasMoved)
                seen.TrySetResult(change.View.Board);
        };
        await alice.ConnectAsync("alice", "table");
        await bob.ConnectAsync("bob", "table");
        await hers.ClaimAsync();
        await his.ClaimAsync();

        await hers.MoveAsync(4);

        Assert.Equal("    X    ", await seen.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
