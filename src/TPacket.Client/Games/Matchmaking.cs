using System.Security.Cryptography;
using System.Text.Json;
using TPacket.Client.Games;
using TPacket.Games;

namespace TPacket.Client;

/// <summary>Finds games for the member of a lobby (docs/games.md). Make it before the client enters the lobby. Thread-safe. Its events are raised as those of <see cref="TPacketClient"/>.</summary>
public sealed class Matchmaking : IDisposable
{
    // Without letters that look like digits.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private readonly GameChannel _channel;
    private volatile MatchmakingView? _view;

    /// <summary>Listens to a client.</summary>
    /// <param name="client">The client. It has to accept the commands of games (<see cref="TPacketClientOptionsGamesExtensions.AcceptGames"/>).</param>
    /// <exception cref="ArgumentException">The client does not accept the commands of games.</exception>
    public Matchmaking(TPacketClient client) => _channel = new GameChannel(client, GameCommand.Matchmaking, () => _view = null, Show);

    /// <summary>Raised when the member sees the lobby anew; <see cref="View"/> has the view already.</summary>
    public event Action<MatchmakingView>? Changed;

    /// <summary>Raised with the room of the member's match. The member enters it next, and claims its seat.</summary>
    public event Action<string>? Matched;

    /// <summary>The lobby as the member sees it; null before the first view, and in a room that is no lobby.</summary>
    public MatchmakingView? View => _view;

    /// <summary>Draws the name of a room for a game by code, which nobody guesses.</summary>
    /// <param name="prefix">The beginning of the names of the game's rooms.</param>
    /// <param name="length">How many letters and digits the code has, of 5 bits each.</param>
    public static string NewRoom(string prefix, int length = 10) => prefix + RandomNumberGenerator.GetString(Digits, length);

    /// <summary>Opens a game that others may join.</summary>
    /// <param name="game">The beginning of the names of the game's rooms.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="RequestRefusedException">The lobby refuses the action.</exception>
    /// <exception cref="TPacketClientException">As <see cref="TPacketClient.AppendAsync"/>.</exception>
    public Task<Receipt> OpenAsync(string game, CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("open") { Game = game }, cancellationToken);

    /// <summary>Joins the game that a user has opened.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    /// <param name="user">The id of the user.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> JoinAsync(int user, CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("join") { User = user }, cancellationToken);

    /// <summary>Looks for an opponent by rating.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    /// <param name="game">The beginning of the names of the game's rooms.</param>
    /// <param name="rating">The rating of the member; null to leave it to the server, which may ignore it anyhow.</param>
    /// <param name="cancellationToken">Ends the wait; the server may do it all the same.</param>
    public Task<Receipt> SeekAsync(string game, int? rating = null, CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("seek") { Game = game, Rating = rating }, cancellationToken);

    /// <summary>Looks for no game any more, or gives up the one that was found.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public Task<Receipt> CancelAsync(CancellationToken cancellationToken = default) => _channel.ActAsync(new GameActionJson("cancel"), cancellationToken);

    /// <summary>Stops listening to the client.</summary>
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
