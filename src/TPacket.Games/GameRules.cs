using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TPacket.Games.Serialization;
using TPacket.Server;

namespace TPacket.Games;

/// <summary>
/// A game in a room. <see cref="Begin"/>, <see cref="IsToMove"/> and <see cref="Play"/> are the rules; seats, clocks, offers, views, bots and results come from here (docs/games.md). One instance serves all rooms; its members are called from many
/// threads.
/// </summary>
/// <remarks>All members are pure functions, as those of <see cref="RoomRules{TState, TCommand, TEvent}"/>, whose remarks hold here too.</remarks>
/// <typeparam name="TBoard">A position of the game; an immutable class.</typeparam>
/// <typeparam name="TMove">A move; the serializer's context has its type.</typeparam>
public abstract class GameRules<TBoard, TMove> : RoomRules<GameState<TBoard, TMove>, GameAction<TMove>, GameAction<TMove>>, IReplayable
    where TBoard : class
    where TMove : notnull
{
    /// <summary>The viewer of a member without a seat, for <see cref="ViewOf"/>.</summary>
    protected const int Spectator = -1;

    private readonly JsonSerializerOptions _json;
    private readonly GameSerializer<TMove> _serializer;
    private readonly GameCourse<TBoard, TMove> _course;
    private readonly GameDecider<TBoard, TMove> _decider;

    /// <summary>Names the game.</summary>
    /// <param name="name">The name that rooms keep in their logs.</param>
    /// <param name="version">From 1; see <see cref="RoomRules.Version"/>.</param>
    /// <param name="json">A context of the source generator with <typeparamref name="TMove"/>, and with <typeparamref name="TBoard"/> unless <see cref="ViewOf"/> is overridden.</param>
    protected GameRules(string name, int version, JsonSerializerContext json)
        : this(name, version, json, new GameSerializer<TMove>((json ?? throw new ArgumentNullException(nameof(json))).Options))
    {
    }

    private GameRules(string name, int version, JsonSerializerContext json, GameSerializer<TMove> serializer)
        : base(name, version, serializer)
    {
        (_json, _serializer) = (json.Options, serializer);
        (_course, _decider) = (new GameCourse<TBoard, TMove>(this), new GameDecider<TBoard, TMove>(this));
    }

    /// <summary>How many seats there are, 1 to 16. Default: 2.</summary>
    public virtual int Seats => 2;

    /// <summary>The clock unless the members choose another one; null for none. Default: null.</summary>
    public virtual GameClock? Clock => null;

    /// <summary>Whether a game begins when all seats are held, and not only when all members are ready. Default: true.</summary>
    public virtual bool StartsWhenSeated => true;

    /// <summary>Whether moves may be taken back. Not for games with chance or hidden information: a move that comes again gets the same random numbers. Default: false.</summary>
    public virtual bool AllowsTakeback => false;

    /// <summary>The levels of the bots that members may seat. Default: none.</summary>
    public virtual IReadOnlyList<string> BotLevels => [];

    /// <summary>How long a bot waits before it moves. Default: half a second.</summary>
    public virtual TimeSpan BotDelay => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public sealed override bool ReadsPresence => true;

    /// <summary>The board that a game begins with.</summary>
    protected internal abstract TBoard Begin(GameStart start);

    /// <summary>Whether a seat has to move. Several seats may have to: they move in any order.</summary>
    protected internal abstract bool IsToMove(TBoard board, int seat);

    /// <summary>The board behind a move of a seat that has to move, or why the move is <see cref="Illegal"/>.</summary>
    /// <param name="board">The board.</param>
    /// <param name="seat">The seat.</param>
    /// <param name="move">The move.</param>
    /// <param name="random">The random numbers of this move.</param>
    protected internal abstract Played<TBoard> Play(TBoard board, int seat, TMove move, GameRandom random);

    /// <summary>The result where a board ends the game; null where it goes on. Default: null.</summary>
    protected internal virtual GameResult? ResultOf(TBoard board) => null;

    /// <summary>The result where the time of a seat is up. Default: the others win.</summary>
    protected internal virtual GameResult ResultOnTime(TBoard board, int seat) => new(GameCourse<TBoard, TMove>.Others(Seats, seat), "time");

    /// <summary>The board as a seat may see it, as JSON. Parts that it leaves out never leave the server. Default: the whole board.</summary>
    /// <param name="board">The board.</param>
    /// <param name="seat">The seat; <see cref="Spectator"/> for a member without one.</param>
    protected internal virtual byte[] ViewOf(TBoard board, int seat) => Json(board);

    /// <summary>Whether a seat may claim a draw, at its turn or not. Default: never.</summary>
    protected internal virtual bool MayClaimDraw(TBoard board, int seat) => false;

    /// <summary>The reason why members may not begin with a position; null where they may. <see cref="Begin"/> then receives it. Default: a refusal of any.</summary>
    protected internal virtual string? CheckSetUp(string text) => "This game has one position to begin with.";

    /// <summary>
    /// The move of a bot. It takes its random numbers from here, and ends after a number of steps and not after a time. It may take seconds: the server calls it on a thread of its own (<see cref="TPacketServerOptions.RulesThreads"/>), and the room goes on meanwhile.
    /// </summary>
    /// <returns>A legal move; null to resign.</returns>
    protected internal virtual TMove? Bot(TBoard board, int seat, string level, GameRandom random) => default;

    /// <summary>The game as a text for other programs; null for none. Only of games that are over. Default: null.</summary>
    protected internal virtual string? Export(GameState<TBoard, TMove> game) => null;

    /// <summary>All boards of the latest game of a room, from the first to the one behind its last move.</summary>
    public IEnumerable<TBoard> Replay(GameState<TBoard, TMove> game)
    {
        ArgumentNullException.ThrowIfNull(game);
        return _course.Boards(game);
    }

    /// <inheritdoc/>
    public sealed override GameState<TBoard, TMove> Start(RulesStart start) => _course.Start(start);

    /// <inheritdoc/>
    public sealed override GameState<TBoard, TMove> Evolve(GameState<TBoard, TMove> state, in RulesEvent<GameAction<TMove>> happened) => _course.Evolve(state, happened);

    /// <inheritdoc/>
    public sealed override Decision<GameAction<TMove>> Decide(GameState<TBoard, TMove> state, GameAction<TMove> command, RoomMember who, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(who);
        var decided = _decider.Decide(state, command, who, time.ToUnixTimeMilliseconds());
        if (decided.Why is { } why)
            return Refuse(why, decided.Code);
        var decision = (Decision<GameAction<TMove>>)decided.Action!;
        return decided.NotAfter is { } last ? decision with { NotAfter = DateTimeOffset.FromUnixTimeMilliseconds(last) } : decision;
    }

    /// <inheritdoc/>
    public sealed override DateTimeOffset? WakeAt(GameState<TBoard, TMove> state) => _decider.WakeAt(state) is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <inheritdoc/>
    public sealed override RulesWork? WorkOf(GameState<TBoard, TMove> state, DateTimeOffset time) => _decider.BotToMove(state, time.ToUnixTimeMilliseconds()) is { } turn
        ? new RulesWork(turn, () => _decider.MoveOf(state, turn)) { Until = GameDecider<TBoard, TMove>.FlagAt(state) is { } flag ? DateTimeOffset.FromUnixTimeMilliseconds(flag) : null }
        : null;

    /// <inheritdoc/>
    public sealed override Decision<GameAction<TMove>> Wake(GameState<TBoard, TMove> state, DateTimeOffset time) => Wake(state, time, WorkOf(state, time)?.Run());

    /// <inheritdoc/>
    public sealed override Decision<GameAction<TMove>> Wake(GameState<TBoard, TMove> state, DateTimeOffset time, object? result) =>
        (result as GameAction<TMove> ?? GameDecider<TBoard, TMove>.Flag(state, time.ToUnixTimeMilliseconds())) is { } action ? action : Nothing;

    /// <inheritdoc/>
    public sealed override bool IsFinished(GameState<TBoard, TMove> state) => (state ?? throw new ArgumentNullException(nameof(state))).Phase == GamePhase.Closed;

    /// <inheritdoc/>
    public sealed override int ViewerOf(GameState<TBoard, TMove> state, RoomMember member) => (state ?? throw new ArgumentNullException(nameof(state))).SeatOf(member) ?? Spectator;

    /// <inheritdoc/>
    public sealed override byte[] View(GameState<TBoard, TMove> state, int viewer) => GameViewWriter.Write(this, state, viewer);

    /// <inheritdoc/>
    public sealed override byte[]? Change(GameState<TBoard, TMove> before, in RulesEvent<GameAction<TMove>> happened, GameState<TBoard, TMove> after, int viewer) => null;

    /// <inheritdoc/>
    public sealed override byte[] WriteState(GameState<TBoard, TMove> state) => _serializer.WriteState(state);

    /// <inheritdoc/>
    public sealed override bool TryReadState(int version, ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out GameState<TBoard, TMove> state)
    {
        state = null;
        return version >= OldestVersion && _serializer.TryReadState(data, out GameState<TBoard, TMove>? written) && _course.TryRestore(written, out state);
    }

    byte[]? IReplayable.TryReplay(IRoom room, RoomMember who, int from) =>
        room.TryGetState<GameState<TBoard, TMove>>(out var state) ? GameViewWriter.WriteReplay(this, state, state.SeatOf(who) ?? Spectator, from) : null;

    /// <summary>The move is illegal.</summary>
    /// <param name="why">A short English sentence for people.</param>
    protected static Played<TBoard> Illegal(string why) => new(null, why ?? throw new ArgumentNullException(nameof(why)));

    /// <summary>A value as JSON, by the game's context.</summary>
    protected byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T)));
}
