using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TPacket.Games.Serialization;
using TPacket.Server;

namespace TPacket.Games;

/// <summary>
/// The rules of a game in a room. A game overrides <see cref="Begin"/>, <see cref="IsToMove"/> and <see cref="Play"/>; this class adds seats, clocks, offers,
/// views, bots and results (docs/games.md). One instance serves all rooms, on many threads.
/// </summary>
/// <remarks>All members are pure functions. The remarks on <see cref="RoomRules{TState, TCommand, TEvent}"/> apply.</remarks>
/// <typeparam name="TBoard">The type of the boards; an immutable class.</typeparam>
/// <typeparam name="TMove">The type of the moves. The serializer context contains it.</typeparam>
public abstract class GameRules<TBoard, TMove> : RoomRules<GameState<TBoard, TMove>, GameAction<TMove>, GameAction<TMove>>, IReplayable
    where TBoard : class
    where TMove : notnull
{
    /// <summary>The viewer of a member without a seat, for <see cref="ViewOf"/>.</summary>
    protected const int Spectator = -1;

    private readonly JsonSerializerOptions _json;
    private readonly GameSerializer<TMove> _serializer;
    private readonly GameEvolver<TBoard, TMove> _evolver;
    private readonly GameDecider<TBoard, TMove> _decider;

    /// <summary>Sets name, version and serializer of the game.</summary>
    /// <param name="name">The name of the rules in the logs of rooms.</param>
    /// <param name="version">The version, from 1; see <see cref="RoomRules.Version"/>.</param>
    /// <param name="json">
    /// A source-generated context with <typeparamref name="TMove"/>, and with <typeparamref name="TBoard"/> unless <see cref="ViewOf"/> is overridden.
    /// </param>
    protected GameRules(string name, int version, JsonSerializerContext json)
        : this(name, version, json, new GameSerializer<TMove>((json ?? throw new ArgumentNullException(nameof(json))).Options))
    {
    }

    private GameRules(string name, int version, JsonSerializerContext json, GameSerializer<TMove> serializer)
        : base(name, version, serializer)
    {
        (_json, _serializer) = (json.Options, serializer);
        (_evolver, _decider) = (new GameEvolver<TBoard, TMove>(this), new GameDecider<TBoard, TMove>(this));
    }

    /// <summary>The number of seats, 1 to 16. Default: 2.</summary>
    public virtual int Seats => 2;

    /// <summary>The clock of a game, unless the members choose another one; null for none. Default: null.</summary>
    public virtual GameClock? Clock => null;

    /// <summary>Whether a game begins as soon as all seats are taken. If false, all members must be ready too. Default: true.</summary>
    public virtual bool StartsWhenSeated => true;

    /// <summary>
    /// Whether members may take back moves. Do not allow this in games with chance or hidden information: a repeated move gets the same random numbers.
    /// Default: false.
    /// </summary>
    public virtual bool AllowsTakeback => false;

    /// <summary>The levels of bots that members may assign to seats. Default: none.</summary>
    public virtual IReadOnlyList<string> BotLevels => [];

    /// <summary>The delay before a bot moves. Default: 0.5 s.</summary>
    public virtual TimeSpan BotDelay => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public sealed override bool ReadsPresence => true;

    /// <summary>Returns the first board of a game.</summary>
    protected internal abstract TBoard Begin(GameStart start);

    /// <summary>Returns whether a seat has to move. Several seats may have to move at the same time; they move in any order.</summary>
    protected internal abstract bool IsToMove(TBoard board, int seat);

    /// <summary>Returns the board after a move of a seat that has to move, or <see cref="Illegal"/> with a reason.</summary>
    /// <param name="board">The board.</param>
    /// <param name="seat">The seat.</param>
    /// <param name="move">The move.</param>
    /// <param name="random">The random numbers of this move.</param>
    protected internal abstract Played<TBoard> Play(TBoard board, int seat, TMove move, GameRandom random);

    /// <summary>Returns the result if the board ends the game; null if the game continues. Default: null.</summary>
    protected internal virtual GameResult? ResultOf(TBoard board) => null;

    /// <summary>Returns the result if the time of a seat is up. Default: the other seats win.</summary>
    protected internal virtual GameResult ResultOnTime(TBoard board, int seat) => new(GameEvolver<TBoard, TMove>.Others(Seats, seat), "time");

    /// <summary>
    /// Returns the JSON of the board as a seat may see it. The server sends no other part of the board to this seat. Default: the whole board.
    /// </summary>
    /// <param name="board">The board.</param>
    /// <param name="seat">The seat; <see cref="Spectator"/> for a member without a seat.</param>
    protected internal virtual byte[] ViewOf(TBoard board, int seat) => Json(board);

    /// <summary>Returns whether a seat may claim a draw. The seat may claim it outside of its turn, too. Default: false.</summary>
    protected internal virtual bool MayClaimDraw(TBoard board, int seat) => false;

    /// <summary>Checks a start position that a member chooses. Default: refuses every position.</summary>
    /// <param name="text">The position, in a format of the game, of at most 1,024 characters.</param>
    /// <returns>Null to accept the position, which <see cref="Begin"/> then receives; otherwise the reason of the refusal, for people.</returns>
    protected internal virtual string? CheckSetUp(string text) => "This game has only one initial position.";

    /// <summary>
    /// Computes the move of a bot. An implementation draws random numbers only from <paramref name="random"/>, and limits its search by steps, not by time.
    /// The search may take seconds: the server calls this method on a separate thread (<see cref="TPacketServerOptions.RulesThreads"/>), while the room continues.
    /// </summary>
    /// <returns>A legal move; null to resign.</returns>
    protected internal virtual TMove? Bot(TBoard board, int seat, string level, GameRandom random) => default;

    /// <summary>Returns a finished game as a text for other programs; null for none. Default: null.</summary>
    protected internal virtual string? Export(GameState<TBoard, TMove> game) => null;

    /// <summary>Returns all boards of a room's latest game: the first board, and one after each move.</summary>
    public IEnumerable<TBoard> Replay(GameState<TBoard, TMove> game)
    {
        ArgumentNullException.ThrowIfNull(game);
        return _evolver.Boards(game);
    }

    /// <inheritdoc/>
    public sealed override GameState<TBoard, TMove> Start(RulesStart start) => _evolver.Start(start);

    /// <inheritdoc/>
    public sealed override GameState<TBoard, TMove> Evolve(GameState<TBoard, TMove> state, in RulesEvent<GameAction<TMove>> happened) => _evolver.Evolve(state, happened);

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
        return version >= OldestVersion && _serializer.TryReadState(data, out GameState<TBoard, TMove>? written) && _evolver.TryRestore(written, out state);
    }

    byte[]? IReplayable.TryReplay(IRoom room, RoomMember who, int from) =>
        room.TryGetState<GameState<TBoard, TMove>>(out var state) ? GameViewWriter.WriteReplay(this, state, state.SeatOf(who) ?? Spectator, from) : null;

    /// <summary>Creates the result of an illegal move.</summary>
    /// <param name="why">The reason: a short English sentence for people.</param>
    protected static Played<TBoard> Illegal(string why) => new(null, why ?? throw new ArgumentNullException(nameof(why)));

    /// <summary>Serializes a value with the game's context.</summary>
    protected byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T)));
}
