using System.Diagnostics.CodeAnalysis;
using TPacket.Games.Matchmaking;
using TPacket.Server;

namespace TPacket.Games;

/// <summary>Computes the state of a game after each event. Times are in milliseconds since the Unix epoch.</summary>
internal sealed class GameEvolver<TBoard, TMove>(GameRules<TBoard, TMove> rules)
    where TBoard : class
    where TMove : notnull
{
    private const int MaxSeats = 16;

    public static uint Others(int seats, int seat) => ((1u << seats) - 1) & ~(1u << seat);

    /// <summary>Returns the random numbers of the next move.</summary>
    public static GameRandom RandomOf(GameState<TBoard, TMove> state) => new(state.Seed, state.Number, state.Moves.Length + 1);

    /// <summary>Returns the random numbers with which a bot chooses the next move.</summary>
    public static GameRandom RandomOfBot(GameState<TBoard, TMove> state) => new(state.Seed, state.Number, -state.Moves.Length - 1);

    /// <summary>Returns whether each seat has moved.</summary>
    public static bool HasBegun(GameState<TBoard, TMove> state) =>
        Enumerable.Range(0, state.Seats.Length).All(seat => state.Moves.Any(move => move.Seat == seat));

    public GameState<TBoard, TMove> Start(RulesStart start)
    {
        if (rules.Seats is < 1 or > MaxSeats)
            throw new InvalidOperationException($"A game has 1 to {MaxSeats} seats.");
        var seats = Enumerable.Repeat(GameSeat.Free, rules.Seats).ToArray();
        foreach (var (seat, user) in GameRoomName.ReservedFor(start.Room).Take(rules.Seats).Index())
            seats[seat] = GameSeat.Free with { ReservedFor = user };
        return new GameState<TBoard, TMove> { Seed = start.Seed, AreSeatsFixed = Array.Exists(seats, static seat => seat.ReservedFor != 0), Seats = [.. seats], Clock = rules.Clock };
    }

    public GameState<TBoard, TMove> Evolve(GameState<TBoard, TMove> state, in RulesEvent<GameAction<TMove>> happened)
    {
        var time = happened.Time.ToUnixTimeMilliseconds();
        return happened.Kind switch
        {
            RoomEventKind.Packet => Act(state, happened.Event!, happened.Member, time),
            RoomEventKind.Opened => Skip(state, (long)happened.Downtime.TotalMilliseconds, time),
            RoomEventKind.Left => state.SeatOf(happened.Member!) is { } left ? Leave(state, left, time) : state,
            RoomEventKind.Away => Change(state, happened.Member!, static (seat, _) => seat with { IsAway = true }),
            RoomEventKind.Returned => Change(state, happened.Member!, static (seat, _) => seat with { IsAway = false }),
            RoomEventKind.Renamed => Change(state, happened.Member!, static (seat, member) => seat with { Nick = member.Nick }),
            _ => state,
        };
    }

    public IEnumerable<TBoard> Boards(GameState<TBoard, TMove> state)
    {
        if (state.Number == 0)
            yield break;
        var board = First(state);
        yield return board;
        for (var i = 0; i < state.Moves.Length; i++)
        {
            board = After(board, state.Moves[i].Seat, state.Moves[i].Move, new GameRandom(state.Seed, state.Number, i + 1));
            yield return board;
        }
    }

    /// <summary>Computes the board of a state that was written without it, by replaying the moves.</summary>
    public bool TryRestore(GameState<TBoard, TMove> written, [NotNullWhen(true)] out GameState<TBoard, TMove>? state)
    {
        state = null;
        if (written.Seats.Length != rules.Seats)
            return false;
        try
        {
            state = written with { Board = Boards(written).LastOrDefault() };
            return true;
        }
        catch (InvalidOperationException)
        {
            // The moves are illegal under these rules.
            return false;
        }
    }

    private TBoard First(GameState<TBoard, TMove> state) => rules.Begin(new GameStart(state.Seats.Length, state.SetUp, state.Number, new GameRandom(state.Seed, state.Number, 0)));

    private TBoard After(TBoard board, int seat, TMove move, GameRandom random)
    {
        var played = rules.Play(board, seat, move, random);
        return played.Board ?? throw new InvalidOperationException(played.Refusal ?? "Play has returned no board.");
    }

    private GameState<TBoard, TMove> Act(GameState<TBoard, TMove> state, GameAction<TMove> action, RoomMember? member, long time)
    {
        var seat = action.Seat!.Value;
        return action.Verb switch
        {
            GameVerb.Claim => BeginIfReady(Set(state, seat, state.Seats[seat].Freed() with { Session = member!.Session, User = member.Id, Nick = member.Nick }), time),
            GameVerb.Leave => Leave(state, seat, time),
            GameVerb.Reserve => Set(state, seat, state.Seats[seat] with { ReservedFor = action.User }),
            GameVerb.Ready => BeginIfReady(Set(state, seat, state.Seats[seat] with { IsReady = true }), time),
            GameVerb.SetUp => Unready(state) with { SetUp = action.Text, Clock = action.Clock ?? rules.Clock },
            GameVerb.Bot => BeginIfReady(Set(state, seat, state.Seats[seat].Freed() with { Bot = action.Level, IsReady = action.Level is not null }), time),
            GameVerb.Move => Move(state, seat, action, time),
            GameVerb.Offer => Offer(state, seat, action.Offer, time),
            GameVerb.Decline => Decline(state, seat, action.Offer),
            GameVerb.ClaimDraw => Finish(state, GameResult.Draw("claimed"), time),
            GameVerb.Resign => Finish(state, new GameResult(Others(state.Seats.Length, seat), "resigned"), time),
            GameVerb.Abort => Finish(state, new GameResult(0, GameResult.AbortedReason), time),
            GameVerb.Flag => Finish(state, rules.ResultOnTime(state.Board!, seat), time),
            _ => throw new InvalidOperationException("There is no such action."),
        };
    }

    private static GameState<TBoard, TMove> Set(GameState<TBoard, TMove> state, int seat, GameSeat value) => state with { Seats = state.Seats.SetItem(seat, value) };

    private static GameState<TBoard, TMove> SetAll(GameState<TBoard, TMove> state, Func<GameSeat, GameSeat> change) => state with { Seats = [.. state.Seats.Select(change)] };

    private static GameState<TBoard, TMove> Unready(GameState<TBoard, TMove> state) => SetAll(state, static seat => seat.Bot is null ? seat with { IsReady = false } : seat);

    private static GameState<TBoard, TMove> Change(GameState<TBoard, TMove> state, RoomMember member, Func<GameSeat, RoomMember, GameSeat> change) =>
        state.SeatOf(member) is { } seat ? Set(state, seat, change(state.Seats[seat], member)) : state;

    private static GameState<TBoard, TMove> Skip(GameState<TBoard, TMove> state, long downtime, long time) =>
        state.Phase == GamePhase.Running ? SetAll(state, seat => seat with { Clock = seat.Clock.Skip(downtime, time) }) : state;

    private GameState<TBoard, TMove> BeginIfReady(GameState<TBoard, TMove> state, long time) =>
        state.Phase == GamePhase.Open && state.Seats.All(seat => !seat.IsFree && (rules.StartsWhenSeated || seat.IsReady)) ? Begin(state, time) : state;

    private GameState<TBoard, TMove> Begin(GameState<TBoard, TMove> state, long time)
    {
        var clock = state.Clock is { } own ? SeatClock.Full(own) : default;
        var begun = SetAll(state, seat => seat with { IsReady = false, ReservedFor = 0, Offers = GameOffer.None, Declined = GameOffer.None, Clock = clock }) with
        {
            Phase = GamePhase.Running,
            Number = state.Number + 1,
            Moves = [],
            Result = null,
        };
        return Continue(begun with { Board = First(begun) }, time);
    }

    private GameState<TBoard, TMove> Move(GameState<TBoard, TMove> state, int seat, GameAction<TMove> action, long time)
    {
        var board = After(state.Board!, seat, action.Move!, RandomOf(state));
        var seats = state.Seats.ToArray();
        for (var i = 0; i < seats.Length; i++)
        {
            // A move declines the offers of the other seats.
            if (i != seat)
                seats[i] = seats[i] with { Offers = GameOffer.None };
        }

        var clock = state.Clock is { } own ? seats[seat].Clock.Move(own, time, action.Lag) : default;
        seats[seat] = seats[seat] with { Declined = GameOffer.None, Clock = clock };
        return Continue(state with { Board = board, Seats = [.. seats], Moves = state.Moves.Add(new PlayedMove<TMove>(seat, action.Move!, time)) }, time);
    }

    /// <summary>Ends the game if the board has a result; otherwise begins and ends turns as the board requires.</summary>
    private GameState<TBoard, TMove> Continue(GameState<TBoard, TMove> state, long time)
    {
        if (rules.ResultOf(state.Board!) is { } result)
            return Finish(state, result, time);
        var seats = state.Seats.ToArray();
        for (var i = 0; i < seats.Length; i++)
        {
            var isToMove = rules.IsToMove(state.Board!, i);
            if (isToMove && seats[i].Clock.Since is null)
                seats[i] = seats[i] with { Clock = state.Clock is { } clock ? seats[i].Clock.Begin(clock, time) : new SeatClock(0, time, 0) };
            else if (!isToMove && seats[i].Clock.Since is not null)
                seats[i] = seats[i] with { Clock = Ended(state, seats[i], time) };
        }

        return state with { Seats = [.. seats] };
    }

    private static SeatClock Ended(GameState<TBoard, TMove> state, GameSeat seat, long time) => state.Clock is { } clock ? seat.Clock.End(clock, time) : default;

    private static GameState<TBoard, TMove> Finish(GameState<TBoard, TMove> state, GameResult result, long time) =>
        SetAll(state, seat => seat with { Offers = GameOffer.None, Declined = GameOffer.None, Clock = Ended(state, seat, time) }) with { Phase = GamePhase.Over, Result = result };

    private static GameState<TBoard, TMove> Leave(GameState<TBoard, TMove> state, int seat, long time)
    {
        if (state.Phase == GamePhase.Running)
            state = Finish(state, HasBegun(state) ? new GameResult(Others(state.Seats.Length, seat), "abandoned") : new GameResult(0, GameResult.AbortedReason), time);
        state = Set(SetAll(Unready(state), static other => other with { Offers = GameOffer.None }), seat, state.Seats[seat].Freed());
        return state.Phase == GamePhase.Over && state.Seats.All(static other => other.Session == 0) ? state with { Phase = GamePhase.Closed } : state;
    }

    private GameState<TBoard, TMove> Offer(GameState<TBoard, TMove> state, int seat, GameOffer offer, long time)
    {
        // A takeback removes the last move of the seat that has offered it first, and all moves after it.
        var first = seat;
        for (var i = state.Seats.Length - 1; i >= 0; i--)
        {
            if (state.Seats[i].Offers.HasFlag(offer))
                first = i;
        }

        state = Set(state, seat, state.Seats[seat] with { Offers = state.Seats[seat].Offers | offer });
        // Bots agree to everything but a draw.
        if (!state.Seats.All(other => other.Offers.HasFlag(offer) || (other.Bot is not null && offer != GameOffer.Draw)))
            return state;
        state = SetAll(state, other => other with { Offers = other.Offers & ~offer });
        return offer switch
        {
            GameOffer.Draw => Finish(state, GameResult.Draw("agreed"), time),
            GameOffer.Takeback => TakeBack(state, first, time),
            GameOffer.Rematch => Begin(state, time),
            // The result of a finished game refers to its seats, so the swap begins the next game.
            _ => state.Phase == GamePhase.Over ? Begin(Swap(state), time) : Swap(state),
        };
    }

    private static GameState<TBoard, TMove> Swap(GameState<TBoard, TMove> state) => state with { Seats = [state.Seats[^1], .. state.Seats[..^1]] };

    private GameState<TBoard, TMove> TakeBack(GameState<TBoard, TMove> state, int seat, long time)
    {
        var last = state.Moves.Length - 1;
        while (last >= 0 && state.Moves[last].Seat != seat)
            last--;
        if (last < 0)
            return state;
        state = state with { Moves = state.Moves[..last], Seats = [.. state.Seats.Select(other => other with { Clock = Ended(state, other, time) })] };
        return Continue(state with { Board = Boards(state).Last() }, time);
    }

    private static GameState<TBoard, TMove> Decline(GameState<TBoard, TMove> state, int seat, GameOffer offer)
    {
        var seats = state.Seats.ToArray();
        for (var i = 0; i < seats.Length; i++)
        {
            if (seats[i].Offers.HasFlag(offer))
                seats[i] = seats[i] with { Offers = seats[i].Offers & ~offer, Declined = i == seat ? seats[i].Declined : seats[i].Declined | offer };
        }

        return state with { Seats = [.. seats] };
    }
}
