using Checkers.Games;
using TPacket.Client;
using TPacket.Games.Tests.Harness;
using TPacket.Server.Tests.Harness;
using Lobby = TPacket.Client.Matchmaking;

namespace TPacket.Games.Tests;

/// <summary>The .NET client plays.</summary>
public class GameClientTests
{
    [Fact]
    public async Task A_game_is_played_with_typed_members()
    {
        await using var server = await GameServer.StartAsync();
        await using var alice = Client(server);
        await using var bob = Client(server);
        await using var carol = Client(server);
        using var black = new Game<CheckersView, string>(alice, GamesJson.Default);
        using var white = new Game<CheckersView, string>(bob, GamesJson.Default);
        using var spectator = new Game<CheckersView, string>(carol, GamesJson.Default);
        var changes = new List<GameChange<CheckersView>>();
        spectator.Changed += changes.Add;
        Assert.Null(black.View);
        await alice.ConnectAsync("alice", "checkers-1");
        await bob.ConnectAsync("bob", "checkers-1");
        await carol.ConnectAsync("carol", "checkers-1");

        await black.ClaimAsync();
        await black.SetUpAsync(clock: GameClock.Delay(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(2)));
        var receipt = await white.ClaimAsync(1);
        Assert.NotNull(receipt.Offset);
        await black.MoveAsync("11-15", at: 0);
        await SeesAsync(white, static view => view.Moves == 1);
        Assert.True(white.IsToMove);
        await white.MoveAsync("22-18");
        await SeesAsync(black, static view => view.Moves == 2);
        Assert.Equal((0, "alice", true, false), (black.View!.You, black.Seat!.Nick, black.IsToMove, white.IsToMove));

        Assert.Equal(GameErrorCode.Stale, (await Assert.ThrowsAsync<RequestRefusedException>(() => black.MoveAsync("15-22", at: 1))).Code);
        Assert.Equal(GameErrorCode.NotSeated, (await Assert.ThrowsAsync<RequestRefusedException>(() => spectator.ResignAsync())).Code);
        Assert.Equal(GameErrorCode.NotNow, (await Assert.ThrowsAsync<RequestRefusedException>(() => black.AbortAsync())).Code);
        Assert.Equal(GameErrorCode.NotNow, (await Assert.ThrowsAsync<RequestRefusedException>(() => black.LeaveAsync())).Code);
        Assert.Equal(GameErrorCode.NotAllowed, (await Assert.ThrowsAsync<RequestRefusedException>(() => black.ClaimDrawAsync())).Code);
        await black.OfferAsync(GameOffer.Draw);
        await SeesAsync(white, static view => view.Seats[0].Offers == GameOffer.Draw);
        await white.DeclineAsync(GameOffer.Draw);
        await white.OfferAsync(GameOffer.Takeback);
        await black.OfferAsync(GameOffer.Takeback);
        await SeesAsync(white, static view => view.Moves == 1);
        await white.ResignAsync();

        var view = await SeesAsync(spectator, static view => view.Result is not null);
        Assert.Equal(0, Assert.Single(view.Result!.Winners));
        Assert.Equal(("resigned", GamePhase.Over, 1, null), (view.Result.Reason, view.Phase, view.Game, view.You));
        Assert.Equal((GameClockKind.Delay, 180_000, 2_000), (view.Clock!.Kind, view.Clock.Milliseconds, view.Clock.StepMilliseconds));
        Assert.All(view.Seats, static seat => Assert.InRange(seat.Left!.Value.TotalMinutes, 0, 3));
        Assert.Equal("11-15", view.Board!.Last);
        var replay = await spectator.ReplayAsync();
        Assert.Equal([null, "11-15"], replay.Boards.Select(static board => board.Last));
        Assert.Contains("11-15 1-0", replay.Text, StringComparison.Ordinal);
        Assert.Equal(
            [(false, false, false), (true, false, false), (false, true, false), (false, true, false), (false, false, true)],
            changes.Select(static change => (change.HasBegun, change.HasMoved, change.HasTakenBack)).Where(static change => change != default).Prepend(default));
        Assert.True(changes[^1].HasEnded);
    }

    [Fact]
    public async Task Seats_are_reserved_given_to_bots_and_given_up()
    {
        await using var server = await GameServer.StartAsync();
        await using var alice = Client(server, followLog: false);
        using var game = new Game<HandsView, string>(alice, GamesJson.Default);
        await alice.ConnectAsync("alice", "hands-1");
        await game.ClaimAsync();
        await game.ReserveAsync(1, user: 4711);
        await SeesAsync(game, static view => view.Seats[1].ReservedFor == 4711);
        await game.ReserveAsync(1, user: 0);
        // A client that does not follow the log has no receipts, but receives refusals.
        Assert.Equal(GameErrorCode.NotAllowed, (await Assert.ThrowsAsync<RequestRefusedException>(() => game.SetBotAsync(1, "strong"))).Code);
        await game.LeaveAsync();
        await SeesAsync(game, static view => view.You is null);
        await game.ClaimAsync(1);
        await game.SetBotAsync(0, "random");
        await SeesAsync(game, static view => view is { Phase: GamePhase.Running, Seats: [{ Bot: "random" }, { User: not null }] });
        await game.AbortAsync();
        await game.SetBotAsync(0, null);
        await SeesAsync(game, static view => view.Seats[0].Bot is null);
    }

    [Fact]
    public async Task A_lobby_pairs_members_and_reserves_their_seats()
    {
        await using var server = await GameServer.StartAsync();
        await using var alice = Client(server);
        await using var bob = Client(server);
        using var hers = new Lobby(alice);
        using var his = new Lobby(bob);
        var matched = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        his.Matched += matched.SetResult;
        await alice.ConnectAsync("alice", "lobby");
        await bob.ConnectAsync("bob", "lobby");
        await hers.SeekAsync("checkers-", 1_500);
        await Deadline.UntilAsync(() => hers.View?.Seeking == "checkers-");
        await hers.CancelAsync();
        await hers.OpenAsync("checkers-");
        await Deadline.UntilAsync(() => his.View?.Open is [{ Nick: "alice", Game: "checkers-" }]);
        Assert.Equal(GameErrorCode.Stale, (await Assert.ThrowsAsync<RequestRefusedException>(() => his.JoinAsync(1))).Code);
        await his.JoinAsync(his.View!.Open[0].User);

        using var deadline = Deadline.Start();
        var room = await matched.Task.WaitAsync(deadline.Token);
        using var game = new Game<CheckersView, string>(bob, GamesJson.Default);
        await bob.JoinAsync(room, deadline.Token);
        await game.ClaimAsync(cancellationToken: deadline.Token);
        Assert.NotNull((await SeesAsync(game, static view => view.You is not null)).You);
        Assert.Null(his.View);
        Assert.Matches("^checkers-[0-9a-z]{10}$", Lobby.NewRoom("checkers-"));
    }

    [Fact]
    public void A_client_that_does_not_accept_the_commands_cannot_play()
    {
        var client = new TPacketClient(new Uri("ws://127.0.0.1:1/"));
        Assert.Throws<ArgumentException>(() => new Game<CheckersView, string>(client, GamesJson.Default));
        Assert.Throws<ArgumentException>(() => new Lobby(client));
        var player = new TPacketClient(new Uri("ws://127.0.0.1:1/"), new TPacketClientOptions { AcceptedCommands = [(300, 310)] }.AcceptGames());
        Assert.Throws<ArgumentException>(() => new Game<Uri, string>(player, GamesJson.Default));
    }

    private static TPacketClient Client(GameServer server, bool followLog = true) =>
        new(server.Uri, new TPacketClientOptions { FollowLog = followLog, KeepSession = followLog }.AcceptGames());

    private static async Task<GameView<TBoard>> SeesAsync<TBoard>(Game<TBoard, string> game, Func<GameView<TBoard>, bool> isIt)
        where TBoard : class
    {
        GameView<TBoard>? seen = null;
        await Deadline.UntilAsync(() => (seen = game.View) is not null && isIt(seen));
        return seen!;
    }
}
