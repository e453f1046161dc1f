using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TPacket.Client.Games;
using TPacket.Games;

namespace TPacket.Client;

/// <summary>
/// The game in a client's room (docs/games.md). Create it before the client connects, so that it receives the first view. Each action completes with the
/// server's receipt. If the game refuses an action, nothing has changed, and the action throws a <see cref="RequestRefusedException"/> with a code of
/// <see cref="GameErrorCode"/>. Thread-safe. The client's loop calls the event handlers, one at a time, like the handlers of <see cref="TPacketClient"/>.
/// </summary>
/// <typeparam name="TBoard">The type of the boards as members see them.</typeparam>
/// <typeparam name="TMove">The type of the moves.</typeparam>
public sealed class Game<TBoard, TMove> : IDisposable
    where TBoard : class
    where TMove : notnull
{
    private readonly TPacketClient _client;
    private readonly TimeProvider _time;
    private readonly GameChannel _channel;
    private readonly JsonTypeInfo<TBoard> _board;
    private readonly JsonTypeInfo<TMove> _move;
    private readonly ActionLag _lag = new();
    private volatile GameView<TBoard>? _view;

    // Counts takebacks, new games and room changes: pages of a replay from before and after one of them do not belong together.
    private volatile int _replaced;

    /// <summary>Subscribes to the events of a client.</summary>
    /// <param name="client">The client. It must accept the commands of games (<see cref="TPacketClientOptionsGamesExtensions.AcceptGames"/>).</param>
    /// <param name="json">A context of the source generator with <typeparamref name="TBoard"/> and <typeparamref name="TMove"/>.</param>
    /// <exception cref="ArgumentException">The client does not accept the commands of games, or the context does not have one of the types.</exception>
    public Game(TPacketClient client, JsonSerializerContext json)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(json);
        (_client, _time, _board, _move) = (client, client.Options.WebSocket.TimeProvider, TypeOf<TBoard>(json), TypeOf<TMove>(json));
        _channel = new GameChannel(client, GameCommand.Game, Forget, Show);
    }

    /// <summary>Raised by the client's loop for each view that the client receives, after <see cref="View"/> was set.</summary>
    public event Action<GameChange<TBoard>>? Changed;

    /// <summary>The game as the member may see it; null before the first view of the room.</summary>
    public GameView<TBoard>? View => _view;

    /// <summary>The seat of the member; null for a spectator.</summary>
    public GameSeatView? Seat => _view is { You: { } you } view ? view.Seats[you] : null;

    /// <summary>Whether the seat of the member has to move.</summary>
    public bool IsToMove => Seat?.IsToMove == true;

    /// <summary>Takes a seat.</summary>
    /// <param name="seat">The number of the seat; null for a seat that is reserved for the member, or else the first free one.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="RequestRefusedException">The game refuses the action.</exception>
    /// <exception cref="TPacketClientException">See <see cref="TPacketClient.AppendAsync"/>.</exception>
    public Task<Receipt> ClaimAsync(int? seat = null, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("claim") { Seat = seat }, cancellationToken);

    /// <summary>Gives up the member's seat.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> LeaveAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("leave"), cancellationToken);

    /// <summary>Reserves a free seat for a user.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="seat">The number of the seat.</param>
    /// <param name="user">The id of the user; 0 for anybody.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> ReserveAsync(int seat, int user, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("reserve") { Seat = seat, User = user }, cancellationToken);

    /// <summary>Declares the member ready to begin.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> SetReadyAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("ready"), cancellationToken);

    /// <summary>Chooses the position and the clock before the first game.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="text">The position, in a format of the game; null for the default of the game.</param>
    /// <param name="clock">The clock; null for the default of the game.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> SetUpAsync(string? text = null, GameClock? clock = null, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("setUp") { Text = text, Clock = clock }, cancellationToken);

    /// <summary>Assigns a bot to a free seat, or removes it.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="seat">The number of the seat.</param>
    /// <param name="level">The level of the bot; null to remove the bot.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> SetBotAsync(int seat, string? level, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("bot") { Seat = seat, Level = level }, cancellationToken);

    /// <summary>Makes a move. The server deducts the round-trip time that the client has measured from the time of the turn, up to a quota.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="move">The move.</param>
    /// <param name="at">
    /// The expected number of moves before this move; null for the number in <see cref="View"/>. If the game has another number, it refuses the move.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> MoveAsync(TMove move, int? at = null, CancellationToken cancellationToken = default) =>
        ActAsync(new GameActionJson("move") { Move = JsonSerializer.SerializeToElement(move, _move), At = at ?? _view?.Moves, Lag = _lag.Milliseconds }, cancellationToken);

    /// <summary>Makes an offer to the other seats, or agrees to theirs.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="offer">The offer.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> OfferAsync(GameOffer offer, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("offer") { Offer = offer }, cancellationToken);

    /// <summary>Declines the offer of the other seats, or withdraws the offer of the member's own seat.</summary>
    /// <inheritdoc cref="OfferAsync"/>
    public Task<Receipt> DeclineAsync(GameOffer offer, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("decline") { Offer = offer }, cancellationToken);

    /// <summary>Claims a draw under the rules of the game.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> ClaimDrawAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("claimDraw"), cancellationToken);

    /// <summary>Resigns the game.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> ResignAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("resign"), cancellationToken);

    /// <summary>Aborts a game in which not every seat has moved yet.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> AbortAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("abort"), cancellationToken);

    /// <summary>Requests all boards of the room's latest game, from the first on.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The boards as the member may see them.</returns>
    /// <exception cref="RequestRefusedException">The room has no game.</exception>
    /// <exception cref="TPacketClientException">See <see cref="TPacketClient.RequestAsync"/>.</exception>
    public async Task<GameReplay<TBoard>> ReplayAsync(CancellationToken cancellationToken = default)
    {
        var (boards, replaced) = (new List<TBoard>(), _replaced);
        while (true)
        {
            var reply = await _client.RequestAsync(new Packet(GameCommand.Replay, boards.Count), cancellationToken: cancellationToken).ConfigureAwait(false);
            var page = Read(reply.Data, GameJson.Default.GameReplayJson);
            if (_replaced != replaced)
            {
                (boards, replaced) = ([], _replaced);
                continue;
            }

            boards.AddRange(page.Boards.Select(board => board.Deserialize(_board)!));
            if (page.Boards.Length == 0 || boards.Count > page.Moves)
                return new GameReplay<TBoard>(page.Game, [.. boards], page.Text);
        }
    }

    /// <summary>Unsubscribes from the client's events.</summary>
    public void Dispose() => _channel.Dispose();

    private static JsonTypeInfo<T> TypeOf<T>(JsonSerializerContext json) =>
        json.GetTypeInfo(typeof(T)) as JsonTypeInfo<T> ?? throw new ArgumentException($"The context does not have {typeof(T)}.", nameof(json));

    private static T Read<T>(ReadOnlyMemory<byte> data, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(data.Span, type) ?? throw new JsonException("A view is null.");

    private async Task<Receipt> ActAsync(GameActionJson action, CancellationToken cancellationToken)
    {
        var sent = _time.GetTimestamp();
        var receipt = await _channel.ActAsync(action, cancellationToken).ConfigureAwait(false);
        _lag.OnAnswered(_time.GetElapsedTime(sent));
        return receipt;
    }

    private void Forget() => (_view, _replaced) = (null, _replaced + 1);

    private void Show(ReadOnlyMemory<byte> data)
    {
        var json = Read(data, GameJson.Default.GameViewJson);
        var view = new GameView<TBoard>
        {
            Phase = json.Phase,
            Game = json.Game,
            You = json.You,
            Moves = json.Moves,
            Seats = [.. json.Seats.Select(static seat => seat.ToView())],
            Clock = json.Clock,
            SetUp = json.SetUp,
            Result = json.Result,
            Board = json.Board?.Deserialize(_board),
        };
        var change = new GameChange<TBoard>(_view, view);
        if (change.HasBegun || change.HasTakenBack)
            _replaced++;
        _view = view;
        Changed?.Invoke(change);
    }
}
