using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Games;

/// <summary>Decides about the actions of members, of bots and of clocks. Times are in milliseconds since the Unix epoch.</summary>
internal sealed class GameDecider<TBoard, TMove>(GameRules<TBoard, TMove> rules)
    where TBoard : class
    where TMove : notnull
{
    private const int MaxText = 1024;

    public GameDecision<TMove> Decide(GameState<TBoard, TMove> state, GameAction<TMove> action, RoomMember who, long time)
    {
        if (state.Phase == GamePhase.Closed)
            return (GameErrorCode.NotNow, "The game is over.");
        var seat = state.SeatOf(who);
        return action.Verb switch
        {
            GameVerb.Claim => Claim(state, action, who, seat),
            GameVerb.Flag => (PacketErrorCode.InvalidArgument, "Only the server ends a game on time."),
            _ when seat is null => (GameErrorCode.NotSeated, "You hold no seat."),
            GameVerb.Move => Move(state, action, seat.Value, time),
            GameVerb.Offer or GameVerb.Decline => Offer(state, action, seat.Value),
            GameVerb.Resign or GameVerb.Abort or GameVerb.ClaimDraw => End(state, action, seat.Value),
            _ when state.Phase == GamePhase.Running => (GameErrorCode.NotNow, "A game is running."),
            GameVerb.Leave => Act(action, seat.Value),
            GameVerb.Ready or GameVerb.SetUp when state.Phase == GamePhase.Over => (GameErrorCode.NotNow, "Offer a rematch."),
            GameVerb.Ready => Act(action, seat.Value),
            GameVerb.Reserve => Reserve(state, action),
            GameVerb.Bot => SeatBot(state, action),
            GameVerb.SetUp => SetUp(state, action, seat.Value),
            _ => (PacketErrorCode.InvalidArgument, "There is no such action."),
        };
    }

    public long? WakeAt(GameState<TBoard, TMove> state)
    {
        var (flag, bot) = (FirstFlag(state), FirstBot(state));
        return bot is null || flag?.At < bot.Value.At ? flag?.At : bot.Value.At;
    }

    /// <summary>Returns the first time at which the time of a seat is up; null for never.</summary>
    public static long? FlagAt(GameState<TBoard, TMove> state) => FirstFlag(state)?.At;

    /// <summary>Returns the turn of the bot that has to move; null if no bot has to move, or if the time of a seat is up.</summary>
    public BotTurn<TBoard>? BotToMove(GameState<TBoard, TMove> state, long time) => FirstFlag(state)?.At <= time || FirstBot(state) is not { } bot || bot.At > time
        ? null
        : new BotTurn<TBoard>(state.Board!, state.Number, state.Moves.Length, bot.Seat, state.Seats[bot.Seat].Bot!);

    /// <summary>Computes the move of a bot, which may take long. A bot without a legal move resigns.</summary>
    public GameAction<TMove> MoveOf(GameState<TBoard, TMove> state, BotTurn<TBoard> turn)
    {
        var move = rules.Bot(turn.Board, turn.Seat, turn.Level, GameEvolver<TBoard, TMove>.RandomOfBot(state));
        return move is not null && rules.Play(turn.Board, turn.Seat, move, GameEvolver<TBoard, TMove>.RandomOf(state)).Board is not null
            ? new GameAction<TMove> { Verb = GameVerb.Move, Seat = turn.Seat, Move = move }
            : new GameAction<TMove> { Verb = GameVerb.Resign, Seat = turn.Seat };
    }

    /// <summary>Returns the event that ends the game because the time of a seat is up; null if no time is up.</summary>
    public static GameAction<TMove>? Flag(GameState<TBoard, TMove> state, long time) =>
        FirstFlag(state) is { } flag && flag.At <= time ? new GameAction<TMove> { Verb = GameVerb.Flag, Seat = flag.Seat } : null;

    private static GameDecision<TMove> Act(GameAction<TMove> action, int seat) => new GameAction<TMove> { Verb = action.Verb, Seat = seat };

    private static bool IsSeat(GameState<TBoard, TMove> state, GameAction<TMove> action) => action.Seat is { } seat && seat >= 0 && seat < state.Seats.Length;

    private static GameDecision<TMove> Claim(GameState<TBoard, TMove> state, GameAction<TMove> action, RoomMember who, int? held)
    {
        if (held is not null)
            return (GameErrorCode.SeatedAlready, "You hold a seat already.");
        if (action.Seat is not null && !IsSeat(state, action))
            return (PacketErrorCode.InvalidArgument, "There is no such seat.");
        var found = action.Seat;
        for (var i = 0; i < state.Seats.Length && found is null; i++)
        {
            if (MayClaim(state.Seats[i], who) && state.Seats[i].ReservedFor == who.Id)
                found = i;
        }

        for (var i = 0; i < state.Seats.Length && found is null; i++)
        {
            if (MayClaim(state.Seats[i], who))
                found = i;
        }

        return found is { } seat && MayClaim(state.Seats[seat], who) ? Act(action, seat) : (GameErrorCode.SeatTaken, found is null ? "No seat is free." : "The seat is not free.");
    }

    private static bool MayClaim(GameSeat seat, RoomMember who) => seat.IsFree && (seat.ReservedFor == 0 || seat.ReservedFor == who.Id);

    private GameDecision<TMove> Move(GameState<TBoard, TMove> state, GameAction<TMove> action, int seat, long time)
    {
        if (state.Phase != GamePhase.Running)
            return (GameErrorCode.NotRunning, "No game is running.");
        if (action.At is { } at && at != state.Moves.Length)
            return (GameErrorCode.Stale, "The game has changed since your last view.");
        if (!rules.IsToMove(state.Board!, seat))
            return (GameErrorCode.OutOfTurn, "It is not your turn.");
        if (action.Move is null)
            return (PacketErrorCode.InvalidArgument, "The move is missing.");
        var deadline = state.Clock is { } clock ? state.Seats[seat].Clock.Deadline(clock, action.Lag) : null;
        if (deadline < time)
            return (GameErrorCode.TimeIsUp, "Your time is up.");
        if (rules.Play(state.Board!, seat, action.Move, GameEvolver<TBoard, TMove>.RandomOf(state)).Refusal is { } why)
            return (GameErrorCode.IllegalMove, why);
        // If the store cannot append the move in time, the engine decides again, and the decision is a refusal.
        return new GameDecision<TMove>(new GameAction<TMove> { Verb = GameVerb.Move, Seat = seat, Move = action.Move, Lag = Math.Max(0, action.Lag) }, NotAfter: deadline);
    }

    private GameDecision<TMove> Offer(GameState<TBoard, TMove> state, GameAction<TMove> action, int seat)
    {
        var isRunning = state.Phase == GamePhase.Running;
        var isPossible = action.Offer switch
        {
            GameOffer.Draw => isRunning,
            GameOffer.Takeback => isRunning && rules.AllowsTakeback,
            GameOffer.Rematch => state.Phase == GamePhase.Over,
            GameOffer.Swap => !isRunning,
            _ => false,
        };
        if (!isPossible)
            return (action.Offer is GameOffer.Takeback && !rules.AllowsTakeback ? GameErrorCode.NotAllowed : GameErrorCode.NotNow, "This cannot be offered now.");
        var own = state.Seats[seat];
        var isOffered = state.Seats.Any(other => other.Offers.HasFlag(action.Offer));
        if (action.Verb == GameVerb.Decline)
            return isOffered ? new GameAction<TMove> { Verb = GameVerb.Decline, Seat = seat, Offer = action.Offer } : (GameErrorCode.NotNow, "Nobody has offered this.");
        if (own.Offers.HasFlag(action.Offer))
            return (GameErrorCode.NotNow, "You have offered this already.");
        if (own.Declined.HasFlag(action.Offer) && !isOffered)
            return (GameErrorCode.NotAllowed, "The offer was declined: move before you repeat it.");
        if (action.Offer == GameOffer.Takeback && !isOffered && !state.Moves.Any(move => move.Seat == seat))
            return (GameErrorCode.NotNow, "You have not moved yet.");
        if (state.Phase == GamePhase.Over && state.Seats.Any(static other => other.IsFree))
            return (GameErrorCode.NotNow, "A seat is free.");
        return new GameAction<TMove> { Verb = GameVerb.Offer, Seat = seat, Offer = action.Offer };
    }

    private GameDecision<TMove> End(GameState<TBoard, TMove> state, GameAction<TMove> action, int seat)
    {
        if (state.Phase != GamePhase.Running)
            return (GameErrorCode.NotRunning, "No game is running.");
        if (action.Verb == GameVerb.Abort && GameEvolver<TBoard, TMove>.HasBegun(state))
            return (GameErrorCode.NotNow, "Every seat has moved: resign instead.");
        if (action.Verb == GameVerb.ClaimDraw && !rules.MayClaimDraw(state.Board!, seat))
            return (GameErrorCode.NotAllowed, "The rules do not give you a draw.");
        return Act(action, seat);
    }

    private static GameDecision<TMove> Reserve(GameState<TBoard, TMove> state, GameAction<TMove> action)
    {
        if (!IsSeat(state, action) || action.User < 0)
            return (PacketErrorCode.InvalidArgument, "There is no such seat or user.");
        if (state.AreSeatsFixed)
            return (GameErrorCode.NotAllowed, "The seats are reserved by the room's name.");
        return state.Seats[action.Seat!.Value].IsFree
            ? new GameAction<TMove> { Verb = GameVerb.Reserve, Seat = action.Seat, User = action.User }
            : (GameErrorCode.SeatTaken, "The seat is not free.");
    }

    private GameDecision<TMove> SeatBot(GameState<TBoard, TMove> state, GameAction<TMove> action)
    {
        if (!IsSeat(state, action))
            return (PacketErrorCode.InvalidArgument, "There is no such seat.");
        var seat = state.Seats[action.Seat!.Value];
        if (action.Level is null ? seat.Bot is null : !seat.IsFree || seat.ReservedFor != 0)
            return (GameErrorCode.SeatTaken, action.Level is null ? "The seat has no bot." : "The seat is not free.");
        if (action.Level is not null && !rules.BotLevels.Contains(action.Level))
            return (GameErrorCode.NotAllowed, "There is no such bot.");
        return new GameAction<TMove> { Verb = GameVerb.Bot, Seat = action.Seat, Level = action.Level };
    }

    private GameDecision<TMove> SetUp(GameState<TBoard, TMove> state, GameAction<TMove> action, int seat)
    {
        if (action.Text?.Length > MaxText || action.Clock is { IsValid: false })
            return (PacketErrorCode.InvalidArgument, "The text is too long, or there is no such clock.");
        if (action.Text is { } text && rules.CheckSetUp(text) is { } why)
            return (GameErrorCode.NotAllowed, why);
        return new GameAction<TMove> { Verb = GameVerb.SetUp, Seat = seat, Text = action.Text, Clock = action.Clock };
    }

    private static (long At, int Seat)? FirstFlag(GameState<TBoard, TMove> state) => state.Clock is { } clock ? First(state, seat => seat.Clock.Deadline(clock) + 1) : null;

    private (long At, int Seat)? FirstBot(GameState<TBoard, TMove> state) =>
        First(state, seat => seat is { Bot: not null, Clock.Since: { } since } ? since + (long)rules.BotDelay.TotalMilliseconds : null);

    private static (long At, int Seat)? First(GameState<TBoard, TMove> state, Func<GameSeat, long?> timeOf)
    {
        (long At, int Seat)? first = null;
        for (var i = 0; i < state.Seats.Length && state.Phase == GamePhase.Running; i++)
        {
            if (timeOf(state.Seats[i]) is { } at && !(at >= first?.At))
                first = (at, i);
        }

        return first;
    }
}
