using System.Collections.Immutable;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Games.Matchmaking;

/// <summary>
/// The rules of a room with matchmaking: a list of open games, and a queue by rating with a range that grows over time. A match is one event in the log,
/// so no member gets two games, on any number of servers. The name of the pair's room contains both user ids, which reserves the seats.
/// </summary>
internal sealed class MatchmakingRules(MatchmakingOptions options) : RoomRules<MatchmakingState, MatchmakingAction, MatchmakingAction>("matchmaking", version: 1, new JsonPayloadSerializer(MatchmakingJson.Default))
{
    private const int MaxRating = 100_000;
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private readonly MatchmakingOptions _options = options.Validated();

    public override bool ReadsPresence => true;

    public override MatchmakingState Start(RulesStart start) => new(start.Seed, 0, ImmutableSortedDictionary<int, Seeker>.Empty, ImmutableSortedDictionary<int, string>.Empty);

    public override Decision<MatchmakingAction> Decide(MatchmakingState state, MatchmakingAction command, RoomMember who, DateTimeOffset time)
    {
        var isSeeking = state.Seekers.ContainsKey(who.Id);
        switch (command.Do)
        {
            case MatchmakingVerb.Cancel:
                return isSeeking || state.Rooms.ContainsKey(who.Id) ? command with { User = who.Id } : Nothing;
            case MatchmakingVerb.Match:
                return Refuse("Only the server makes matches.", PacketErrorCode.InvalidArgument);
            case var _ when isSeeking || state.Rooms.ContainsKey(who.Id):
                return Refuse("You look for a game already, or have one.", GameErrorCode.NotNow);
            case MatchmakingVerb.Join:
                return state.Seekers.TryGetValue(command.User, out var host) && host.Rating is null
                    ? new MatchmakingAction { Do = MatchmakingVerb.Match, Game = host.Game, User = command.User, Other = who.Id }
                    : Refuse("The game is not open any more.", GameErrorCode.Stale);
            default:
                if (command.Game is null || !_options.Games.Contains(command.Game) || Math.Abs((long)command.Rating) > MaxRating)
                    return Refuse("There is no such game or rating.", GameErrorCode.NotAllowed);
                if (state.Seekers.Count >= _options.MaxSeekers)
                    return Refuse("Too many members look for a game.", GameErrorCode.NotNow);
                return RatingOf(command, who) is { } rating && Math.Abs((long)rating) <= MaxRating
                    ? command with { User = who.Id, Other = 0, Rating = rating }
                    : Refuse("You have no rating for this game.", GameErrorCode.NotAllowed);
        }
    }

    public override MatchmakingState Evolve(MatchmakingState state, in RulesEvent<MatchmakingAction> happened)
    {
        if (happened.Kind is RoomEventKind.Left or RoomEventKind.Away)
            return Without(state, happened.Member!.Id, isHere: happened.Kind == RoomEventKind.Away);
        if (happened.Event is not { } action)
            return state;
        return action.Do switch
        {
            MatchmakingVerb.Cancel => Without(state, action.User, isHere: false),
            MatchmakingVerb.Match => Match(state, action),
            _ => state with
            {
                Seekers = state.Seekers.SetItem(action.User, new Seeker(happened.Member!.Nick, action.Game!, action.Do == MatchmakingVerb.Seek ? action.Rating : null, happened.Time.ToUnixTimeMilliseconds())),
            },
        };
    }

    public override DateTimeOffset? WakeAt(MatchmakingState state) => First(state) is { } first ? DateTimeOffset.FromUnixTimeMilliseconds(first.At) : null;

    public override Decision<MatchmakingAction> Wake(MatchmakingState state, DateTimeOffset time)
    {
        var matches = new List<MatchmakingAction>();
        while (First(state) is { } first && first.At <= time.ToUnixTimeMilliseconds())
        {
            matches.Add(first.Match);
            state = Match(state, first.Match);
        }

        return Then([.. matches]);
    }

    public override int ViewerOf(MatchmakingState state, RoomMember member) => state.Seekers.ContainsKey(member.Id) || state.Rooms.ContainsKey(member.Id) ? member.Id : 0;

    public override byte[] View(MatchmakingState state, int viewer)
    {
        var open = state.Seekers.Where(static seeker => seeker.Value.Rating is null).Select(static seeker => new OpenGameJson(seeker.Key, seeker.Value.Nick, seeker.Value.Game));
        return Bytes(new MatchmakingViewJson([.. open], state.Seekers.GetValueOrDefault(viewer)?.Game, state.Rooms.GetValueOrDefault(viewer)));
    }

    private int? RatingOf(MatchmakingAction command, RoomMember who) =>
        command.Do == MatchmakingVerb.Seek && _options.Rating is { } rating ? rating(who, command.Game!, command.Rating) : 0;

    private static MatchmakingState Without(MatchmakingState state, int user, bool isHere)
    {
        var (seekers, rooms) = (state.Seekers.Remove(user), isHere ? state.Rooms : state.Rooms.Remove(user));
        return seekers == state.Seekers && rooms == state.Rooms ? state : state with { Seekers = seekers, Rooms = rooms };
    }

    private static MatchmakingState Match(MatchmakingState state, MatchmakingAction match)
    {
        var random = new GameRandom(state.Seed, state.Number, 0);
        Span<char> code = stackalloc char[8];
        foreach (ref var digit in code)
            digit = Digits[random.Next(Digits.Length)];
        Span<int> seats = [match.User, match.Other];
        random.Shuffle(seats);
        var room = GameRoomName.Write(match.Game!, new string(code), seats);
        return state with
        {
            Number = state.Number + 1,
            Seekers = state.Seekers.Remove(match.User).Remove(match.Other),
            Rooms = state.Rooms.SetItem(match.User, room).SetItem(match.Other, room),
        };
    }

    /// <summary>Returns the pair that may play first, and the time; null for none.</summary>
    private (long At, MatchmakingAction Match)? First(MatchmakingState state)
    {
        var queue = state.Seekers.Where(static seeker => seeker.Value.Rating is not null).ToArray();
        (long At, MatchmakingAction Match)? first = null;
        for (var i = 0; i < queue.Length; i++)
        {
            for (var j = i + 1; j < queue.Length; j++)
            {
                if (MeetAt(queue[i].Value, queue[j].Value) is { } at && !(at >= first?.At))
                    first = (at, new MatchmakingAction { Do = MatchmakingVerb.Match, Game = queue[i].Value.Game, User = queue[i].Key, Other = queue[j].Key });
            }
        }

        return first;
    }

    private long? MeetAt(Seeker one, Seeker other)
    {
        var apart = Math.Abs(one.Rating!.Value - other.Rating!.Value);
        if (one.Game != other.Game || apart > _options.LastRange)
            return null;
        // Each range must include the other rating: the shorter wait decides.
        var wait = Math.Max(0, apart - _options.FirstRange) * 1_000L / _options.RangePerSecond;
        return Math.Max(one.Since, other.Since) + wait;
    }
}
