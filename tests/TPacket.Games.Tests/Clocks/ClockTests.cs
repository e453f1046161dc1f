using Checkers.Games;
using TPacket.Games.Tests.Harness;
using static TPacket.Games.Tests.Harness.Table<Checkers.Games.CheckersBoard>;

namespace TPacket.Games.Tests.Clocks;

/// <summary>Clocks, by the log's time.</summary>
public class ClockTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private static Table<CheckersBoard> Checkers(GameClock clock) =>
        new Table<CheckersBoard>(new CheckersGame()).Does(Alice, GameVerb.Claim).Does(Alice, new GameAction<string> { Verb = GameVerb.SetUp, Clock = clock }).Does(Bob, GameVerb.Claim);

    private static long Left(Table<CheckersBoard> table, int seat) => table.State.Seats[seat].Clock.Left;

    [Fact]
    public void An_invalid_clock_names_the_parameter_that_is_wrong()
    {
        Assert.Equal("time", Assert.Throws<ArgumentOutOfRangeException>(static () => GameClock.SuddenDeath(TimeSpan.Zero)).ParamName);
        Assert.Equal("time", Assert.Throws<ArgumentOutOfRangeException>(static () => GameClock.Delay(TimeSpan.FromDays(31), _minute)).ParamName);
        Assert.Equal("increment", Assert.Throws<ArgumentOutOfRangeException>(static () => GameClock.Increment(_minute, -_minute)).ParamName);
        Assert.Equal("delay", Assert.Throws<ArgumentOutOfRangeException>(static () => GameClock.Delay(_minute, TimeSpan.FromDays(31))).ParamName);
    }

    [Fact]
    public void A_sudden_death_clock_runs_only_during_the_players_own_turns()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute)).After(10).Moves(Alice, "11-15").After(20).Moves(Bob, "22-18").After(5);
        Assert.Equal((50_000, 40_000), (Left(table, 0), Left(table, 1)));
        Assert.Null(table.State.Seats[1].Clock.Since);
        Assert.NotNull((long?)table.View(Carol)["seats"]![0]!["since"]);
        // The next seat to move has its quota for lag in addition to its remaining time.
        table.Room.ThenWakesAt(table.Room.Time + TimeSpan.FromSeconds(45) + TimeSpan.FromMilliseconds(401));
    }

    [Fact]
    public void An_increment_is_added_after_each_move()
    {
        var table = Checkers(GameClock.Increment(_minute, TimeSpan.FromSeconds(3))).After(10).Moves(Alice, "11-15").After(1).Moves(Bob, "22-18");
        Assert.Equal((53_000, 62_000), (Left(table, 0), Left(table, 1)));
    }

    [Fact]
    public void A_delay_passes_before_the_time_runs()
    {
        var table = Checkers(GameClock.Delay(_minute, TimeSpan.FromSeconds(3))).After(10).Moves(Alice, "11-15").After(2).Moves(Bob, "22-18");
        Assert.Equal((53_000, 60_000), (Left(table, 0), Left(table, 1)));
        table.Room.ThenWakesAt(table.Room.Time + TimeSpan.FromSeconds(56) + TimeSpan.FromMilliseconds(401));
    }

    [Fact]
    public void A_time_per_move_restarts_with_each_move()
    {
        var table = Checkers(GameClock.EachMove(_minute)).After(50).Moves(Alice, "11-15").After(50).Moves(Bob, "22-18").After(50);
        Assert.Equal(_minute.TotalMilliseconds, Left(table, 0));
        table.Moves(Alice, "15x22");
    }

    [Fact]
    public void A_flag_falls_once_and_by_the_time_of_the_log()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute)).Alternate("11-15", "22-18");
        table.Room.WhenWoken().ThenWakesAt(null);
        Assert.Equal((GamePhase.Over, new GameResult(2, "time")), (table.State.Phase, table.State.Result));
        table.Refuses(Alice, GameErrorCode.NotRunning, "15x22");
    }

    [Fact]
    public void A_move_that_is_too_late_is_refused_also_before_the_flag_has_fallen()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute)).After(60);
        table.Moves(Alice, "11-15");
        Assert.Equal(0, Left(table, 0));
        Checkers(GameClock.SuddenDeath(_minute)).After(60.001).Refuses(Alice, GameErrorCode.TimeIsUp, "11-15");
    }

    [Fact]
    public void A_move_is_appended_up_to_its_deadline_only()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute));
        var decision = new CheckersGame().Decide(table.State, new GameAction<string> { Verb = GameVerb.Move, Move = "11-15", Lag = 200 }, Alice, table.Room.Time);
        Assert.Equal(table.Room.Time + _minute + TimeSpan.FromMilliseconds(200), decision.NotAfter);
    }

    [Fact]
    public void Lag_is_compensated_up_to_a_quota_that_grows_with_each_move()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute)).After(1).Moves(Alice, "11-15", lag: 100_000);
        // The first quota is 300 ms. Compensated lag reduces it, and each move adds 100 ms.
        Assert.Equal((59_300, 100), (Left(table, 0), table.State.Seats[0].Clock.Quota));
        table.Moves(Bob, "22-18").After(1).Moves(Alice, "15x22", lag: 100_000);
        Assert.Equal(58_400, Left(table, 0));
        Assert.Equal(400, table.State.Seats[1].Clock.Quota);
    }

    [Fact]
    public void Compensated_lag_neither_gains_nor_loses_time()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute)).After(0.05).Moves(Alice, "11-15", lag: 200).After(1).Moves(Bob, "22-18", lag: -5_000);
        // Lag beyond the duration of the turn is not compensated.
        Assert.Equal((60_000, 59_000), (Left(table, 0), Left(table, 1)));
        Assert.Equal(350, table.State.Seats[0].Clock.Quota);
    }

    [Fact]
    public void The_quota_has_a_cap()
    {
        var clock = SeatClock.Full(GameClock.SuddenDeath(_minute));
        for (var i = 0; i < 20; i++)
            clock = clock.Begin(GameClock.SuddenDeath(_minute), 0).Move(GameClock.SuddenDeath(_minute), 0, 0);
        Assert.Equal(700, clock.Quota);
    }

    [Fact]
    public void Downtime_is_not_counted()
    {
        var table = Checkers(GameClock.SuddenDeath(_minute)).After(10);
        table.Room.GivenDowntime(TimeSpan.FromHours(5));
        table.After(5).Moves(Alice, "11-15");
        Assert.Equal(45_000, Left(table, 0));
    }

    [Fact]
    public void Both_clocks_run_while_both_have_to_move()
    {
        var table = new Table<Hands>(new RockPaperScissors()).Seated();
        var begin = table.Room.Time;
        table.After(10).Moves(Alice, "rock");
        Assert.Null(table.State.Seats[0].Clock.Since);
        Assert.Equal(begin.ToUnixTimeMilliseconds(), table.State.Seats[1].Clock.Since);
        table.Room.ThenWakesAt(begin + TimeSpan.FromMilliseconds(30_301)).WhenWoken();
        Assert.Equal(new GameResult(1, "time"), table.State.Result);
    }

    [Theory]
    [InlineData(GameClockKind.SuddenDeath, 99, 0)]
    [InlineData(GameClockKind.SuddenDeath, 1_000, 1)]
    [InlineData(GameClockKind.EachMove, 1_000, 1)]
    [InlineData(GameClockKind.Increment, 1_000, -1)]
    [InlineData(GameClockKind.Delay, GameClock.MaxMilliseconds + 1, 0)]
    [InlineData(GameClockKind.Delay, 1_000, GameClock.MaxMilliseconds + 1)]
    [InlineData((GameClockKind)7, 1_000, 0)]
    public void A_clock_out_of_range_is_invalid(GameClockKind kind, long time, long step) => Assert.False(new GameClock(kind, time, step).IsValid);

    [Fact]
    public void A_clock_out_of_range_cannot_be_created() => Assert.Throws<ArgumentOutOfRangeException>(() => GameClock.SuddenDeath(TimeSpan.FromMilliseconds(99)));
}
