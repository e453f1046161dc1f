using Checkers.Draughts;
using Checkers.Games;
using TPacket.Games.Tests.Harness;
using TPacket.Protocol;
using static TPacket.Games.Tests.Harness.Table<Checkers.Games.CheckersBoard>;

namespace TPacket.Games.Tests;

/// <summary>Moves, offers, and how games end.</summary>
public class CourseTests
{
    private static Table<CheckersBoard> Checkers(string? setUp = null)
    {
        var table = new Table<CheckersBoard>(new CheckersGame());
        return setUp is null ? table.Seated() : table.Does(Alice, GameVerb.Claim).Does(Alice, new GameAction<string> { Verb = GameVerb.SetUp, Text = setUp }).Does(Bob, GameVerb.Claim);
    }

    [Fact]
    public void A_move_out_of_turn_for_another_or_illegal_changes_nothing()
    {
        Checkers().Refuses(Bob, GameErrorCode.OutOfTurn, "22-18")
            .Refuses(Carol, GameErrorCode.NotSeated, "11-15")
            .Refuses(Alice, GameErrorCode.IllegalMove, "11-18")
            .Refuses(Alice, GameErrorCode.IllegalMove, new string('1', 5_000))
            .Refuses(Alice, GameErrorCode.Stale, new GameAction<string> { Verb = GameVerb.Move, Move = "11-15", At = 1 })
            .Refuses(Alice, PacketErrorCode.InvalidArgument, new GameAction<string> { Verb = GameVerb.Flag, Seat = 1 })
            .Does(Alice, new GameAction<string> { Verb = GameVerb.Move, Move = "11-15", At = 0 })
            .Refuses(Alice, GameErrorCode.OutOfTurn, "11-15");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"do\":\"move\"}")]
    [InlineData("{\"do\":\"move\",\"move\":null}")]
    [InlineData("{\"do\":\"move\",\"move\":{}}")]
    [InlineData("{\"do\":6,\"move\":\"11-15\"}")]
    [InlineData("{\"do\":\"cheat\"}")]
    [InlineData("{\"do\":\"claim\",\"seat\":1,\"admin\":true}")]
    [InlineData("{\"do\":\"claim\",\"seat\":1e99}")]
    [InlineData("{\"do\":\"claim\"")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    public void Malformed_data_is_rejected(string data)
    {
        var serializer = new Serialization.GameSerializer<string>(GamesJson.Default.Options);
        Assert.False(serializer.TryDeserialize<GameAction<string>>(System.Text.Encoding.UTF8.GetBytes(data), out _));
    }

    [Fact]
    public void A_side_without_a_move_loses()
    {
        var table = Checkers("B:W12,22:B17,3").Moves(Alice, "17x26");
        Assert.Equal(GamePhase.Running, table.State.Phase);
        table = Checkers("B:W22:B17").Moves(Alice, "17x26");
        Assert.Equal((GamePhase.Over, new GameResult(1, "won")), (table.State.Phase, table.State.Result));
        table.Refuses(Bob, GameErrorCode.NotRunning, "1-5").Refuses(Bob, GameErrorCode.NotRunning, GameVerb.Resign);
    }

    [Fact]
    public void A_player_that_resigns_loses()
    {
        var table = Checkers().Does(Alice, GameVerb.Resign);
        Assert.Equal((GamePhase.Over, new GameResult(2, "resigned")), (table.State.Phase, table.State.Result));
        Assert.Equal("""{"winners":[1],"reason":"resigned"}""", table.View(Carol)["result"]!.ToJsonString());
    }

    [Fact]
    public void A_draw_is_agreed_on_and_a_move_declines_it()
    {
        var table = Checkers().Offers(Alice, GameOffer.Draw);
        Assert.Equal("""["draw"]""", table.View(Bob)["seats"]![0]!["offers"]!.ToJsonString());
        table.Refuses(Alice, GameErrorCode.NotNow, new GameAction<string> { Verb = GameVerb.Offer, Offer = GameOffer.Draw }).Alternate("11-15", "22-18");
        Assert.Null(table.View(Bob)["seats"]![0]!["offers"]);
        table.Offers(Bob, GameOffer.Draw).Offers(Alice, GameOffer.Draw);
        Assert.Equal((GamePhase.Over, GameResult.Draw("agreed")), (table.State.Phase, table.State.Result));
    }

    [Fact]
    public void A_draw_that_was_declined_is_not_offered_again_before_the_next_move()
    {
        var again = new GameAction<string> { Verb = GameVerb.Offer, Offer = GameOffer.Draw };
        Checkers().Offers(Alice, GameOffer.Draw).Declines(Bob, GameOffer.Draw)
            .Refuses(Alice, GameErrorCode.NotAllowed, again)
            .Refuses(Bob, GameErrorCode.NotNow, new GameAction<string> { Verb = GameVerb.Decline, Offer = GameOffer.Draw })
            .Moves(Alice, "11-15").Does(Alice, again);
    }

    [Fact]
    public void A_takeback_undoes_the_moves_since_the_last_move_of_the_player_that_requests_it()
    {
        var table = Checkers().Alternate("11-15", "22-18");
        table.Offers(Alice, GameOffer.Takeback).Offers(Bob, GameOffer.Takeback);
        Assert.Empty(table.State.Moves);
        Assert.Equal(Position.Start, table.State.Board!.Position);
        table.Alternate("11-15", "22-18").Offers(Bob, GameOffer.Takeback).Offers(Alice, GameOffer.Takeback);
        Assert.Equal("11-15", Assert.Single(table.State.Moves).Move);
        table.Moves(Bob, "23-18");
    }

    [Fact]
    public void A_takeback_without_a_move_or_in_a_game_without_takebacks_is_refused()
    {
        var takeback = new GameAction<string> { Verb = GameVerb.Offer, Offer = GameOffer.Takeback };
        Checkers().Refuses(Alice, GameErrorCode.NotNow, takeback);
        new Table<Hands>(new RockPaperScissors()).Seated().Moves(Alice, "rock").Refuses(Alice, GameErrorCode.NotAllowed, takeback);
    }

    [Fact]
    public void A_rematch_begins_when_both_players_have_requested_it()
    {
        var table = Checkers().Refuses(Alice, GameErrorCode.NotNow, new GameAction<string> { Verb = GameVerb.Offer, Offer = GameOffer.Rematch }).Does(Bob, GameVerb.Resign);
        table.Offers(Alice, GameOffer.Rematch).Offers(Bob, GameOffer.Rematch);
        Assert.Equal((GamePhase.Running, 2, null), (table.State.Phase, table.State.Number, table.State.Result));
        table.Moves(Alice, "11-15");
    }

    [Fact]
    public void A_swap_changes_the_seats_before_a_game_and_with_the_next_one()
    {
        var table = Checkers().Does(Bob, GameVerb.Resign).Offers(Alice, GameOffer.Swap);
        Assert.Equal(0, table.State.SeatOf(Alice));
        table.Offers(Bob, GameOffer.Swap);
        Assert.Equal((GamePhase.Running, 2, 1, 0), (table.State.Phase, table.State.Number, table.State.SeatOf(Alice), table.State.SeatOf(Bob)));
        table.Moves(Bob, "11-15");
    }

    [Fact]
    public void A_start_position_cannot_be_chosen_after_a_game() =>
        Checkers().Does(Bob, GameVerb.Resign).Refuses(Alice, GameErrorCode.NotNow, new GameAction<string> { Verb = GameVerb.SetUp, Text = "B:W32:B1" });

    [Theory]
    [InlineData(GameOffer.None)]
    [InlineData(GameOffer.Draw | GameOffer.Takeback)]
    public void Only_single_defined_offers_are_accepted(GameOffer offer) => Checkers().Refuses(Alice, GameErrorCode.NotNow, new GameAction<string> { Verb = GameVerb.Offer, Offer = offer });

    [Fact]
    public void A_draw_is_claimed_when_a_position_occurs_for_the_third_time()
    {
        var table = Checkers("B:WK32:BK1");
        string[] round = ["1-5", "32-28", "5-1", "28-32"];
        table.Alternate(round).Refuses(Alice, GameErrorCode.NotAllowed, GameVerb.ClaimDraw).Alternate(round);
        Assert.True((bool)table.View(Alice)["board"]!["mayClaimDraw"]!);
        table.Does(Alice, GameVerb.ClaimDraw);
        Assert.Equal(GameResult.Draw("claimed"), table.State.Result);
    }

    [Fact]
    public void A_draw_is_claimed_after_40_moves_of_each_without_a_capture_or_an_advance()
    {
        // Both kings wander over other squares, so that no position comes up again before.
        var table = Checkers("B:WK32,K31:BK1,K2");
        var random = new Random(5);
        for (var i = 0; table.State.Board!.Before.Length < 80; i++)
        {
            Assert.InRange(i, 0, 500);
            var board = table.State.Board!;
            var moves = table.View(Alice)["board"]!["moves"]!.AsArray().Select(move => (string)move!).ToArray();
            var next = moves.Where(move => new CheckersGame().IsFree(board, move)).ToArray();
            table.Moves(i % 2 == 0 ? Alice : Bob, next[random.Next(next.Length)]);
        }

        table.Does(Alice, GameVerb.ClaimDraw);
        Assert.Equal(GameResult.Draw("claimed"), table.State.Result);
    }

    [Fact]
    public void All_boards_are_replayed_and_the_game_is_exported()
    {
        var table = Checkers().Alternate("11-15", "22-18", "15x22", "25x18").Does(Alice, GameVerb.Resign);
        var boards = new CheckersGame().Replay(table.State).ToArray();
        Assert.Equal(5, boards.Length);
        Assert.Equal(Position.Start, boards[0].Position);
        Assert.Equal(table.State.Board!.Position, boards[4].Position);
        var replay = System.Text.Encoding.UTF8.GetString(GameViewWriter.WriteReplay(new CheckersGame(), table.State, -1, 3));
        Assert.Contains("\"from\":3,\"boards\":[{\"position\":\"W:W", replay, StringComparison.Ordinal);
        Assert.Contains("11-15 22-18 15x22 25x18 0-1", replay, StringComparison.Ordinal);
        Assert.Contains("\"boards\":[],", System.Text.Encoding.UTF8.GetString(GameViewWriter.WriteReplay(new CheckersGame(), table.State, -1, int.MaxValue)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_replay_has_at_most_64_boards_and_about_32_KiB()
    {
        var table = new Table<Hands>(new RockPaperScissors()).Seated();
        for (var round = 0; round < 49; round++)
            table.Moves(Alice, "scissors").Moves(Bob, "scissors");

        Assert.Equal(64, Replay(0).Boards);
        // Later boards have more rounds in them.
        var (boards, bytes) = Replay(34);
        Assert.InRange(boards, 1, 63);
        Assert.InRange(bytes, 32 * 1024, 34 * 1024);

        (int Boards, int Bytes) Replay(int from)
        {
            var replay = GameViewWriter.WriteReplay(new RockPaperScissors(), table.State, -1, from);
            return (System.Text.Json.Nodes.JsonNode.Parse(replay)!["boards"]!.AsArray().Count, replay.Length);
        }
    }

    [Fact]
    public void A_bot_moves_accepts_every_offer_but_a_draw_and_leaves_its_seat_when_it_is_removed()
    {
        var table = new Table<CheckersBoard>(new CheckersGame()).Does(Alice, GameVerb.Claim)
            .Refuses(Alice, GameErrorCode.NotAllowed, new GameAction<string> { Verb = GameVerb.Bot, Seat = 1, Level = "genius" })
            .Refuses(Alice, GameErrorCode.SeatTaken, new GameAction<string> { Verb = GameVerb.Bot, Seat = 0, Level = "club" })
            .Refuses(Alice, GameErrorCode.SeatTaken, new GameAction<string> { Verb = GameVerb.Bot, Seat = 1 })
            .Does(Alice, new GameAction<string> { Verb = GameVerb.Bot, Seat = 1, Level = "club" });
        Assert.Equal("club", (string)table.View(Alice)["seats"]![1]!["bot"]!);
        table.Moves(Alice, "11-15");
        table.Room.ThenWakesAt(table.Room.Time + TimeSpan.FromMilliseconds(500)).WhenWoken();
        Assert.Equal(2, table.State.Moves.Length);
        table.Offers(Alice, GameOffer.Draw);
        Assert.Equal(GamePhase.Running, table.State.Phase);
        table.Offers(Alice, GameOffer.Takeback);
        Assert.Empty(table.State.Moves);
        table.Does(Alice, GameVerb.Resign).Offers(Alice, GameOffer.Rematch);
        Assert.Equal((GamePhase.Running, 2), (table.State.Phase, table.State.Number));
        table.Does(Alice, GameVerb.Resign).Does(Alice, new GameAction<string> { Verb = GameVerb.Bot, Seat = 1 });
        Assert.True(table.State.Seats[1].IsFree);
    }
}
