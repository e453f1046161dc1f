using System.Security.Cryptography;
using System.Text.Json;
using TPacket.Client.Games;
using TPacket.Games;

namespace TPacket.Client;

/// <summary>
/// Finds games for a client in a lobby (docs/games.md). Create it before the client enters the lobby. Thread-safe.
/// The client's loop calls the event handlers, one at a time, like the handlers of <see cref="TPacketClient"/>.
/// </summary>
public sealed class Matchmaking : IDisposable
{
    // Crockford's Base32 alphabet. It has no i, l, o and u, which readers confuse with other characters.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private readonly GameChannel _channel;
    private volatile MatchmakingView? _view;

    /// <summary>Subscribes to the events of a client.</summary>
    /// <param name="client">The client. It must accept the commands of games (<see cref="TPacketClientOptionsGamesExtensions.AcceptGames"/>).</param>
    /// <exception cref="ArgumentException">The client does not accept the commands of games.</exception>
    public Matchmaking(TPacketClient client) => _channel = new GameChannel(client, GameCommand.Matchmaking, () => _view = null, Show);

    /// <summary>Raised for each view of the lobby, after <see cref="View"/> was set.</summary>
    public event Action<MatchmakingView>? Changed;

    /// <summary>Raised with the room of the member's match. The member then enters this room and claims its seat.</summary>
    public event Action<string>? Matched;

    /// <summary>The lobby as the member sees it; null before the first view, and in a room without matchmaking.</summary>
    public MatchmakingView? View => _view;

    /// <summary>Draws a room name with a random code that cannot be guessed.</summary>
    /// <param name="prefix">The prefix of the game's room names.</param>
    /// <param name="length">The length of the code in characters. Each has 5 random bits.</param>
    public static string NewRoom(string prefix, int length = 10) => prefix + RandomNumberGenerator.GetString(Digits, length);

    /// <summary>Opens a game that other members may join.</summary>
    /// <param name="game">The prefix of the game's room names.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="RequestRefusedException">The lobby refuses the action.</exception>
    /// <exception cref="TPacketClientException">See <see cref="TPacketClient.AppendAsync"/>.</exception>
    public Task<Receipt> OpenAsync(string game, CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("open") { Game = game }, cancellationToken);

    /// <summary>Joins an open game.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    /// <param name="user">The id of the user who has opened the game.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> JoinAsync(int user, CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("join") { User = user }, cancellationToken);

    /// <summary>Looks for an opponent by rating.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    /// <param name="game">The prefix of the game's room names.</param>
    /// <param name="rating">The member's rating, which the server may ignore; null to send none.</param>
    /// <param name="cancellationToken">Ends the wait; the server may still perform the action.</param>
    public Task<Receipt> SeekAsync(string game, int? rating = null, CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("seek") { Game = game, Rating = rating }, cancellationToken);

    /// <summary>Stops looking for a game, or gives up the match.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public Task<Receipt> CancelAsync(CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("cancel"), cancellationToken);

    /// <summary>Unsubscribes from the client's events.</summary>
    public void Dispose() => _channel.Dispose();

    private void Show(ReadOnlyMemory<byte> data)
    {
        var before = _view?.Room;
        var view = JsonSerializer.Deserialize(data.Span, GameJson.Default.MatchmakingView) ?? throw new JsonException("A view is null.");
        _view = view;
        Changed?.Invoke(view);
        if (view.Room is { } room && room != before)
            Matched?.Invoke(room);
    }
}
