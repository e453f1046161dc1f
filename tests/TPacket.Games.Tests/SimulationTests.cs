using Checkers.Draughts;
using Checkers.Games;
using TPacket.Games.Matchmaking;
using TPacket.Testing;
using Xunit.Abstractions;

namespace TPacket.Games.Tests;

/// <summary>Games in simulated rooms on several servers: members drop, come back and leave, servers crash and pause, clocks race with moves.</summary>
public class SimulationTests(ITestOutputHelper output)
{
    // TPACKET_GAME_SEEDS=2000 simulates more games than a usual run has time for.
    private static int Seeds(int usual) => int.TryParse(Environment.GetEnvironmentVariable("TPACKET_GAME_SEEDS"), out var more) ? more : usual;

    [Fact]
    public void Games_of_checkers_are_the_same_on_all_servers()
    {
        var report = RulesSimulation.Of<GameState<CheckersBoard, string>, GameAction<string>, GameAction<string>>(static () => new QuickCheckers(), DrawCheckers).Always(AssertSound(new QuickCheckers())).Run(Seeds(100));
        output.WriteLine(report.ToString());
        Assert.All([report.Events, report.Refusals, report.Conflicts, report.Repeats, report.Wakes, report.Checkpoints], static count => Assert.True(count > 20));
    }

    [Fact]
    public void A_room_with_a_closed_game_opens_although_the_log_has_dropped_later_events() =>
        RulesSimulation.Of<GameState<CheckersBoard, string>, GameAction<string>, GameAction<string>>(static () => new QuickCheckers(), DrawCheckers).Run(seeds: 1, firstSeed: 475);

    [Trait("Speed", "Slow")]
    [Fact]
    public void Games_with_secrets_at_the_same_time_are_the_same_on_all_servers()
    {
        var report = RulesSimulation.Of<GameState<Hands, string>, GameAction<string>, GameAction<string>>(static () => new RockPaperScissors(), DrawHands).Always(AssertSound(new RockPaperScissors())).Run(Seeds(200));
        output.WriteLine(report.ToString());
        Assert.All([report.Events, report.Refusals, report.Conflicts, report.Repeats, report.Wakes, report.Checkpoints], static count => Assert.True(count > 50));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Matchmaking_is_the_same_on_all_servers_and_gives_no_member_two_games()
    {
        var report = RulesSimulation.Of<MatchmakingState, MatchmakingAction, MatchmakingAction>(static () => new MatchmakingRules(Options()), DrawSeek).Always(AssertNoDoubleBooking).Run(Seeds(200));
        output.WriteLine(report.ToString());
        Assert.True(report.Wakes > 50);
    }

    private static MatchmakingOptions Options()
    {
        var options = new MatchmakingOptions { FirstRange = 50, RangePerSecond = 100 };
        options.Games.Add("checkers-");
        return options;
    }

    private static void AssertNoDoubleBooking(MatchmakingState state)
    {
        Assert.Empty(state.Seekers.Keys.Intersect(state.Rooms.Keys));
        foreach (var (user, room) in state.Rooms)
            Assert.Contains(user, GameRoomName.ReservedFor(room));
        Assert.All(state.Rooms.GroupBy(static room => room.Value), static room => Assert.InRange(room.Count(), 1, 2));
    }

    /// <summary>Asserts that a seat has one holder, a game replays to its board and its result, and only seats that have to move have a running clock.</summary>
    private static Action<GameState<TBoard, string>> AssertSound<TBoard>(GameRules<TBoard, string> rules)
        where TBoard : class => state =>
    {
        var sessions = state.Seats.Where(static seat => seat.Session != 0).Select(static seat => seat.Session).ToArray();
        Assert.Equal(sessions.Length, sessions.Distinct().Count());
        Assert.Equal(state.Phase is GamePhase.Over or GamePhase.Closed, state.Result is not null);
        if (state.Board is null)
            return;
        var last = rules.Replay(state).Last();
        Assert.Equal(rules.View(state, -1), rules.View(state with { Board = last }, -1));
        if (state.Phase == GamePhase.Running)
            Assert.Null(rules.ResultOf(last));
        else if (state.Result!.Reason is "won" or "draw")
            Assert.Equal(rules.ResultOf(last), state.Result);
        for (var i = 0; i < state.Seats.Length; i++)
            Assert.Equal(state.Phase == GamePhase.Running && rules.IsToMove(state.Board, i), state.Seats[i].Clock.Since is not null);
        Assert.All(state.Seats, static seat => Assert.InRange(seat.Clock.Left, 0, long.MaxValue));
    };

    private static GameAction<string> DrawCheckers(Random random, GameState<CheckersBoard, string> state)
    {
        if (random.Next(4) == 0 || state.Board is null || state.Phase != GamePhase.Running)
            return DrawAny(random, "beginner", ["11-15", "B:W32:B1"]);
        var moves = new Move[MoveGenerator.MaxMoves];
        var count = MoveGenerator.Generate(state.Board.Position, moves);
        return new GameAction<string> { Verb = GameVerb.Move, Move = moves[random.Next(count)].ToString(), Lag = random.Next(-10, 500) };
    }

    private static GameAction<string> DrawHands(Random random, GameState<Hands, string> state) => random.Next(3) > 0 && state.Phase == GamePhase.Running
        ? new GameAction<string> { Verb = GameVerb.Move, Move = random.Next(10) == 0 ? "well" : (string[])["rock", "paper", "scissors"] is var hands ? hands[random.Next(3)] : "" }
        : DrawAny(random, "random", ["rock"]);

    private static GameAction<string> DrawAny(Random random, string level, string[] texts) => random.Next(8) switch
    {
        < 4 => new GameAction<string> { Verb = GameVerb.Claim, Seat = random.Next(4) == 0 ? random.Next(-1, 3) : null },
        4 => new GameAction<string> { Verb = GameVerb.Offer, Offer = (GameOffer)(1 << random.Next(4)) },
        5 => new GameAction<string> { Verb = GameVerb.Bot, Seat = random.Next(3), Level = random.Next(3) == 0 ? null : level },
        _ => new GameAction<string>
        {
            Verb = (GameVerb)random.Next(13),
            Seat = random.Next(3),
            User = random.Next(4),
            Offer = (GameOffer)(1 << random.Next(4)),
            Move = texts[0],
            Text = random.Next(2) == 0 ? texts[^1] : null,
            Clock = random.Next(2) == 0 ? new GameClock((GameClockKind)random.Next(4), random.Next(50, 60_000)) : null,
        },
    };

    private static MatchmakingAction DrawSeek(Random random, MatchmakingState state) => new()
    {
        Do = (MatchmakingVerb)random.Next(5),
        Game = random.Next(10) == 0 ? "chess-" : "checkers-",
        Rating = random.Next(1_000, 2_500),
        User = state.Seekers.IsEmpty ? 1 : state.Seekers.Keys.ElementAt(random.Next(state.Seekers.Count)),
    };

    /// <summary>Checkers with fast bots.</summary>
    private sealed class QuickCheckers() : GameRules<CheckersBoard, string>("checkers", version: 1, GamesJson.Default)
    {
        private readonly CheckersGame _game = new();

        public override GameClock? Clock => _game.Clock;

        public override bool AllowsTakeback => true;

        public override IReadOnlyList<string> BotLevels => _game.BotLevels;

        protected internal override CheckersBoard Begin(GameStart start) => ((GameRules<CheckersBoard, string>)_game).Begin(start);

        protected internal override bool IsToMove(CheckersBoard board, int seat) => ((GameRules<CheckersBoard, string>)_game).IsToMove(board, seat);

        protected internal override Played<CheckersBoard> Play(CheckersBoard board, int seat, string move, GameRandom random) => ((GameRules<CheckersBoard, string>)_game).Play(board, seat, move, random);

        protected internal override GameResult? ResultOf(CheckersBoard board) => ((GameRules<CheckersBoard, string>)_game).ResultOf(board);

        protected internal override string? CheckSetUp(string text) => ((GameRules<CheckersBoard, string>)_game).CheckSetUp(text);

        protected internal override byte[] ViewOf(CheckersBoard board, int seat) => Json(new CheckersView(board.Position.ToString(), [], board.Last, false));

        protected internal override string? Bot(CheckersBoard board, int seat, string level, GameRandom random)
        {
            var moves = new Move[MoveGenerator.MaxMoves];
            return moves[random.Next(MoveGenerator.Generate(board.Position, moves))].ToString();
        }
    }
}
