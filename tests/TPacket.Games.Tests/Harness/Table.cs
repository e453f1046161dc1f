using System.Text.Json.Nodes;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Testing;

namespace TPacket.Games.Tests.Harness;

/// <summary>A room with a game, without a server.</summary>
internal sealed class Table<TBoard>
    where TBoard : class
{
    public static readonly RoomMember Alice = new(0x1000, "alice", session: 11);
    public static readonly RoomMember Bob = new(0x1001, "bob", session: 12);
    public static readonly RoomMember Carol = new(0x1002, "carol", session: 13);

    private readonly GameRules<TBoard, string> _rules;

    public Table(GameRules<TBoard, string> rules, string room = "room", long seed = 1)
    {
        _rules = rules;
        Room = RulesTest.For(rules, room, seed);
    }

    public RulesTest<GameState<TBoard, string>, GameAction<string>, GameAction<string>> Room { get; }

    public GameState<TBoard, string> State => Room.State;

    /// <summary>Alice and Bob take the seats.</summary>
    public Table<TBoard> Seated() => Does(Alice, GameVerb.Claim).Does(Bob, GameVerb.Claim);

    public Table<TBoard> Does(RoomMember who, GameVerb verb) => Does(who, new GameAction<string> { Verb = verb });

    public Table<TBoard> Does(RoomMember who, GameAction<string> action)
    {
        var before = State;
        Room.When(action, who);
        Assert.True(!ReferenceEquals(before, State), $"{action} is refused.");
        return this;
    }

    public Table<TBoard> Moves(RoomMember who, string move, int lag = 0) => Does(who, new GameAction<string> { Verb = GameVerb.Move, Move = move, Lag = lag });

    /// <summary>Alice moves first, then Bob, and so on.</summary>
    public Table<TBoard> Alternate(params string[] moves)
    {
        for (var i = 0; i < moves.Length; i++)
            Moves(i % 2 == 0 ? Alice : Bob, moves[i]);
        return this;
    }

    public Table<TBoard> Offers(RoomMember who, GameOffer offer) => Does(who, new GameAction<string> { Verb = GameVerb.Offer, Offer = offer });

    public Table<TBoard> Declines(RoomMember who, GameOffer offer) => Does(who, new GameAction<string> { Verb = GameVerb.Decline, Offer = offer });

    public Table<TBoard> Refuses(RoomMember who, PacketErrorCode code, GameAction<string> action)
    {
        var before = State;
        Room.When(action, who).ThenRefused(code: code);
        Assert.Same(before, State);
        return this;
    }

    public Table<TBoard> Refuses(RoomMember who, PacketErrorCode code, GameVerb verb) => Refuses(who, code, new GameAction<string> { Verb = verb });

    public Table<TBoard> Refuses(RoomMember who, PacketErrorCode code, string move) => Refuses(who, code, new GameAction<string> { Verb = GameVerb.Move, Move = move });

    public Table<TBoard> After(double seconds)
    {
        Room.After(TimeSpan.FromSeconds(seconds));
        return this;
    }

    /// <summary>Returns a member's view.</summary>
    public JsonNode View(RoomMember member) => JsonNode.Parse(_rules.View(State, _rules.ViewerOf(State, member)))!;

    public byte[] ViewBytes(RoomMember member) => _rules.View(State, _rules.ViewerOf(State, member));
}
