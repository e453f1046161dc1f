using Checkers.Games;
using TPacket.Games.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server;
using static TPacket.Games.Tests.Harness.Table<Checkers.Games.CheckersBoard>;

namespace TPacket.Games.Tests.Seats;

/// <summary>Seats: their holders, and the beginning of games.</summary>
public class SeatTests
{
    private static Table<CheckersBoard> Checkers(string room = "room") => new(new CheckersGame(), room);

    private static GameAction<string> Claim(int seat) => new() { Verb = GameVerb.Claim, Seat = seat };

    [Fact]
    public void A_game_begins_when_all_seats_are_held()
    {
        var table = Checkers().Does(Alice, GameVerb.Claim);
        Assert.Equal((GamePhase.Open, 0), (table.State.Phase, table.State.Number));
        table.Does(Bob, GameVerb.Claim);
        Assert.Equal((GamePhase.Running, 1), (table.State.Phase, table.State.Number));
        Assert.Equal((0, 1, null), (table.State.SeatOf(Alice), table.State.SeatOf(Bob), table.State.SeatOf(Carol)));
    }

    [Fact]
    public void A_seat_has_one_holder_and_a_member_one_seat()
    {
        Checkers().Does(Alice, Claim(1))
            .Refuses(Bob, GameErrorCode.SeatTaken, Claim(1))
            .Refuses(Alice, GameErrorCode.SeatedAlready, Claim(0))
            .Refuses(Bob, PacketErrorCode.InvalidArgument, Claim(2))
            .Refuses(Bob, PacketErrorCode.InvalidArgument, Claim(-1))
            .Does(Bob, GameVerb.Claim)
            .Refuses(Carol, GameErrorCode.SeatTaken, GameVerb.Claim);
    }

    [Fact]
    public void A_namesake_with_another_session_does_not_hold_the_seat()
    {
        var other = new RoomMember(Alice.Id, Alice.Nick, session: 99);
        Checkers().Seated().Refuses(other, GameErrorCode.NotSeated, "11-15");
    }

    [Fact]
    public void A_seat_is_given_up_before_a_game_and_not_while_it_runs()
    {
        var table = Checkers().Does(Alice, GameVerb.Claim).Does(Alice, GameVerb.Leave);
        Assert.All(table.State.Seats, seat => Assert.True(seat.IsFree));
        table.Seated().Refuses(Alice, GameErrorCode.NotNow, GameVerb.Leave);
    }

    [Fact]
    public void A_reserved_seat_is_for_its_user()
    {
        var table = Checkers().Does(Alice, Claim(0)).Does(Alice, new GameAction<string> { Verb = GameVerb.Reserve, Seat = 1, User = Carol.Id })
            .Refuses(Bob, GameErrorCode.SeatTaken, GameVerb.Claim)
            .Refuses(Bob, GameErrorCode.NotSeated, new GameAction<string> { Verb = GameVerb.Reserve, Seat = 1, User = Bob.Id });
        Assert.Equal(Carol.Id, (int)table.View(Bob)["seats"]![1]!["reservedFor"]!);
        table.Does(Carol, GameVerb.Claim);
        Assert.Equal(1, table.State.SeatOf(Carol));
    }

    [Fact]
    public void The_seats_of_a_room_that_matchmaking_has_named_are_reserved()
    {
        var table = Checkers("checkers-abc~1001.1000").Refuses(Carol, GameErrorCode.SeatTaken, GameVerb.Claim).Does(Alice, GameVerb.Claim);
        Assert.Equal(1, table.State.SeatOf(Alice));
        table.Refuses(Alice, GameErrorCode.NotAllowed, new GameAction<string> { Verb = GameVerb.Reserve, Seat = 0, User = Carol.Id })
            .Refuses(Alice, GameErrorCode.SeatTaken, new GameAction<string> { Verb = GameVerb.Bot, Seat = 0, Level = "club" })
            .Refuses(Carol, GameErrorCode.SeatTaken, GameVerb.Claim).Does(Bob, GameVerb.Claim);
        Assert.Equal((GamePhase.Running, 0), (table.State.Phase, table.State.SeatOf(Bob)));
    }

    [Theory]
    [InlineData("checkers-abc~")]
    [InlineData("checkers-abc~1000.x")]
    [InlineData("checkers-abc~-1")]
    [InlineData("checkers-abc~0.0")]
    [InlineData("checkers-abc~ffffffff.1000")]
    [InlineData("~")]
    public void A_room_name_of_another_format_reserves_no_seat(string room) => Assert.All(Checkers(room).State.Seats, seat => Assert.Equal(0, seat.ReservedFor));

    [Fact]
    public void A_member_that_is_away_keeps_its_seat()
    {
        var table = Checkers().Seated();
        table.Room.GivenAway(Alice);
        Assert.True((bool)table.View(Bob)["seats"]![0]!["away"]!);
        var back = Alice.AsReturned(1);
        table.Room.GivenReturned(back);
        Assert.Null(table.View(Bob)["seats"]![0]!["away"]);
        table.Moves(back, "11-15");
    }

    [Fact]
    public void A_member_that_is_renamed_keeps_its_seat_and_shows_its_new_nick()
    {
        var table = Checkers().Seated();
        table.Room.GivenRenamed(new RoomMember(Alice.Id, "alicia", Alice.Session), "alice");
        Assert.Equal("alicia", (string)table.View(Bob)["seats"]![0]!["nick"]!);
        table.Moves(Alice, "11-15");
        // A spectator has no seat that could show it.
        var before = table.State;
        table.Room.GivenRenamed(new RoomMember(Carol.Id, "caroline", Carol.Session), "carol");
        Assert.Same(before, table.State);
    }

    [Fact]
    public void A_player_that_leaves_a_game_in_which_everybody_has_moved_loses_it()
    {
        var table = Checkers().Seated().Alternate("11-15", "22-18");
        table.Room.GivenLeft(Bob, LeaveCause.Expired);
        Assert.Equal((GamePhase.Over, new GameResult(1, "abandoned")), (table.State.Phase, table.State.Result));
        Assert.True(table.State.Seats[1].IsFree);
        table.Room.GivenLeft(Alice);
        Assert.Equal(GamePhase.Closed, table.State.Phase);
        table.Refuses(Carol, GameErrorCode.NotNow, GameVerb.Claim);
    }

    [Fact]
    public void A_leave_or_an_abort_aborts_a_game_in_which_not_everybody_has_moved()
    {
        var table = Checkers().Seated().Moves(Alice, "11-15");
        table.Room.GivenLeft(Bob);
        Assert.True(table.State.Result!.IsAborted);
        table = Checkers().Seated().Moves(Alice, "11-15").Does(Bob, GameVerb.Abort);
        Assert.True(table.State.Result!.IsAborted);
        Checkers().Seated().Alternate("11-15", "22-18").Refuses(Alice, GameErrorCode.NotNow, GameVerb.Abort);
    }

    [Fact]
    public void A_spectator_that_joins_and_leaves_changes_nothing()
    {
        var table = Checkers().Seated();
        var before = table.State;
        table.Room.GivenEntered(Carol).GivenAway(Carol).GivenReturned(Carol).GivenLeft(Carol);
        Assert.Same(before, table.State);
        Assert.Null(table.View(Carol)["you"]);
        Assert.Equal(1, (int)table.View(Bob)["you"]!);
    }

    [Fact]
    public void A_game_that_waits_for_readiness_begins_when_all_are_ready()
    {
        var table = new Table<Hands>(new ReadyGame()).Seated();
        Assert.Equal(GamePhase.Open, table.State.Phase);
        table.Does(Alice, GameVerb.Ready).Does(Alice, new GameAction<string> { Verb = GameVerb.SetUp, Clock = GameClock.EachMove(TimeSpan.FromSeconds(5)) });
        // A change of the clock ends the readiness of all members.
        table.Does(Bob, GameVerb.Ready);
        Assert.Equal(GamePhase.Open, table.State.Phase);
        table.Does(Alice, GameVerb.Ready);
        Assert.Equal((GamePhase.Running, 5_000), (table.State.Phase, table.State.Clock!.Milliseconds));
    }

    [Fact]
    public void The_start_position_is_chosen_and_validated()
    {
        var table = Checkers().Does(Alice, GameVerb.Claim)
            .Refuses(Alice, GameErrorCode.NotAllowed, new GameAction<string> { Verb = GameVerb.SetUp, Text = "B:W40:B1" })
            .Refuses(Alice, PacketErrorCode.InvalidArgument, new GameAction<string> { Verb = GameVerb.SetUp, Text = new string('x', 2_000) })
            .Refuses(Alice, PacketErrorCode.InvalidArgument, new GameAction<string> { Verb = GameVerb.SetUp, Clock = new GameClock(GameClockKind.SuddenDeath, 1) })
            .Refuses(Bob, GameErrorCode.NotSeated, new GameAction<string> { Verb = GameVerb.SetUp, Text = "B:W32:B1" })
            .Does(Alice, new GameAction<string> { Verb = GameVerb.SetUp, Text = "W:W32:B1" }).Does(Bob, GameVerb.Claim);
        Assert.Equal("W:W32:B1", (string)table.View(Alice)["board"]!["position"]!);
        table.Moves(Bob, "32-28").Refuses(Alice, GameErrorCode.NotNow, new GameAction<string> { Verb = GameVerb.SetUp, Text = "W:W32:B1" });
    }

    /// <summary>Rock, paper, scissors when both are ready: the rest of the rules is not used.</summary>
    private sealed class ReadyGame() : GameRules<Hands, string>("ready", 1, GamesJson.Default)
    {
        public override bool StartsWhenSeated => false;

        protected internal override Hands Begin(GameStart start) => new([null, null], [], [0, 0]);

        protected internal override bool IsToMove(Hands board, int seat) => true;

        protected internal override Played<Hands> Play(Hands board, int seat, string move, GameRandom random) => board;

        protected internal override byte[] ViewOf(Hands board, int seat) => "{}"u8.ToArray();
    }
}
