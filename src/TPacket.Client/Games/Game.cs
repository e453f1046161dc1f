using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TPacket.Client.Games;
using TPacket.Games;

namespace TPacket.Client;

/// <summary>
/// The game of the room that a client is in (docs/games.md). Make it before the client connects, so that it sees the first view of the room. Each action completes with the receipt of the server; a <see cref="RequestRefusedException"/> whose
/// code is one of <see cref="GameErrorCode"/> says that the game has refused it, and nothing has changed. Thread-safe. Its events are raised as those of <see cref="TPacketClient"/>.
/// </summary>
/// <typeparam name="TBoard">A board as members see it.</typeparam>
/// <typeparam name="TMove">A move.</typeparam>
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

    // How often boards were replaced, by a takeback, another game or another room: the pages of a replay from before do not fit to those behind it.
    private volatile int _replaced;

    /// <summary>Listens to a client.</summary>
    /// <param name="client">The client. It has to accept the commands of games (<see cref="TPacketClientOptionsGamesExtensions.AcceptGames"/>).</param>
    /// <param name="json">A context of the source generator with <typeparamref name="TBoard"/> and <typeparamref name="TMove"/>.</param>
    /// <exception cref="ArgumentException">The client does not accept the commands of games, or the context does not have one of the types.</exception>
    public Game(TPacketClient client, JsonSerializerContext json)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(json);
        (_client, _time, _board, _move) = (client, client.Options.WebSocket.TimeProvider, TypeOf<TBoard>(json), TypeOf<TMove>(json));
        _channel = new GameChannel(client, GameCommand.Game, Forget, Show);
    }

    /// <summary>Raised when the member sees the game anew; <see cref="View"/> has the view already.</summary>
    public event Action<GameChange<TBoard>>? Changed;

    /// <summary>The game as the member may see it; null before the first view of the room.</summary>
    public GameView<TBoard>? View => _view;

    /// <summary>The seat of the member; null for a spectator.</summary>
    public GameSeatView? Seat => _view is { You: { } you } view ? view.Seats[you] : null;

    /// <summary>Whether the seat of the member has to move.</summary>
    public bool IsToMove => Seat?.IsToMove == true;

    /// <summary>Takes a seat.</summary>
    /// <param name="seat">The number of the seat; null for one that is reserved for the member, or the first that is free.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="RequestRefusedException">The game refuses the action.</exception>
    /// <exception cref="TPacketClientException">As <see cref="TPacketClient.AppendAsync"/>.</exception>
    public Task<Receipt> ClaimAsync(int? seat = null, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("claim") { Seat = seat }, cancellationToken);

    /// <summary>Gives the seat up.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> LeaveAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("leave"), cancellationToken);

    /// <summary>Reserves a free seat for a user.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="seat">The number of the seat.</param>
    /// <param name="user">The id of the user; 0 for anybody.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> ReserveAsync(int seat, int user, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("reserve") { Seat = seat, User = user }, cancellationToken);

    /// <summary>The member is ready to begin.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> ReadyAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("ready"), cancellationToken);

    /// <summary>Chooses the position and the clock before the first game.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="text">The position; null for the usual one.</param>
    /// <param name="clock">The clock; null for the usual one.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> SetUpAsync(string? text = null, GameClock? clock = null, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("setUp") { Text = text, Clock = clock }, cancellationToken);

    /// <summary>Has the server play for a free seat, or no longer.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="seat">The number of the seat.</param>
    /// <param name="level">The level of the bot; null for no bot any more.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> BotAsync(int seat, string? level, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("bot") { Seat = seat, Level = level }, cancellationToken);

    /// <summary>Moves. The clock of the seat does not run for the time that the move is on its way, as the client has measured it of the answers before.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="move">The move.</param>
    /// <param name="at">After how many moves it is meant: the game refuses it behind another number of moves. Null for those of <see cref="View"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> MoveAsync(TMove move, int? at = null, CancellationToken cancellationToken = default) =>
        ActAsync(new GameActionJson("move") { Move = JsonSerializer.SerializeToElement(move, _move), At = at ?? _view?.Moves, Lag = _lag.Milliseconds }, cancellationToken);

    /// <summary>Offers something to the others, or agrees to their offer.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    /// <param name="offer">The offer.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> OfferAsync(GameOffer offer, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("offer") { Offer = offer }, cancellationToken);

    /// <summary>Declines what the others have offered, or withdraws the own offer.</summary>
    /// <inheritdoc cref="OfferAsync"/>
    public Task<Receipt> DeclineAsync(GameOffer offer, CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("decline") { Offer = offer }, cancellationToken);

    /// <summary>Claims a draw that the rules of the game give.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> ClaimDrawAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("claimDraw"), cancellationToken);

    /// <summary>Gives up.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> ResignAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("resign"), cancellationToken);

    /// <summary>Ends a game in which not every seat has moved.</summary>
    /// <inheritdoc cref="ClaimAsync"/>
    public Task<Receipt> AbortAsync(CancellationToken cancellationToken = default) => ActAsync(new GameActionJson("abort"), cancellationToken);

    /// <summary>Asks for all boards of the latest game of the room, from the one that it began with.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RequestRefusedException">The room has no game.</exception>
    /// <exception cref="TPacketClientException">As <see cref="TPacketClient.RequestAsync"/>.</exception>
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

    /// <summary>Stops listening to the client.</summary>
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
