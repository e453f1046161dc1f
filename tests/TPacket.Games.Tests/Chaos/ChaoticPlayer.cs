using System.Text.Json;
using System.Text.Json.Serialization;
using TPacket.Client;

namespace TPacket.Games.Tests.Chaos;

/// <summary>A client that claims a seat if it can, moves, sometimes exceeds its time, offers a rematch, and reconnects after each lost connection.</summary>
internal sealed class ChaoticPlayer : IAsyncDisposable
{
    private readonly TPacketClient _client;
    private readonly Game<JsonDocument, string> _game;
    private readonly Random _random;
    private readonly bool _plays;
    private readonly string? _bot;
    private readonly Func<JsonElement, string[]> _movesOf;
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private Task _playing = Task.CompletedTask;
    private volatile bool _isCalm;

    /// <summary>Creates a player.</summary>
    /// <param name="server">The server.</param>
    /// <param name="json">The context of the game, for moves.</param>
    /// <param name="seed">The seed of the player's decisions.</param>
    /// <param name="plays">Whether the player claims a seat; false for a spectator.</param>
    /// <param name="bot">The level of the bot that it plays against; null for a member.</param>
    /// <param name="movesOf">The legal moves of a board.</param>
    public ChaoticPlayer(Uri server, JsonSerializerContext json, int seed, bool plays, string? bot, Func<JsonElement, string[]> movesOf)
    {
        (_random, _plays, _bot, _movesOf) = (new Random(seed), plays, bot, movesOf);
        var reconnect = ReconnectOptions.Default with { InitialDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(400), StableAfter = TimeSpan.Zero };
        _client = new TPacketClient(server, new TPacketClientOptions { Reconnect = reconnect, Timeout = TimeSpan.FromSeconds(3) }.AcceptGames());
        _game = new Game<JsonDocument, string>(_client, json);
        _game.Changed += _ => _changed.Release();
    }

    /// <summary>The game as the player sees it.</summary>
    public GameView<JsonDocument>? View => _game.View;

    /// <summary>The number of lost connections.</summary>
    public int Losses { get; private set; }

    /// <summary>The client's state, for messages of failed tests.</summary>
    public ClientState State => _client.State;

    /// <summary>Plays what is begun to its end from now on, without another game.</summary>
    public void CalmDown()
    {
        _isCalm = true;
        _changed.Release();
    }

    /// <summary>Connects and plays.</summary>
    /// <param name="nick">The nick.</param>
    /// <param name="room">The room.</param>
    /// <param name="clock">The clock that the player chooses for the game; null for the default.</param>
    public async Task ConnectAsync(string nick, string room, GameClock? clock)
    {
        _client.StateChanged += state => Losses += state.Phase == ClientPhase.Reconnecting ? 1 : 0;
        await _client.ConnectAsync(nick, room);
        if (clock is not null)
        {
            await _game.ClaimAsync();
            await _game.SetUpAsync(clock: clock);
        }

        _playing = Task.Run(PlayAsync);
    }

    public Task<GameReplay<JsonDocument>> ReplayAsync() => _game.ReplayAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _playing;
        _game.Dispose();
        await _client.DisposeAsync();
        _changed.Dispose();
        _stopping.Dispose();
    }

    private async Task PlayAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // The timeout covers changes without a view, such as an action with a lost answer.
                await _changed.WaitAsync(TimeSpan.FromMilliseconds(300), _stopping.Token);
                if (_plays && _game.View is { } view)
                    await ActAsync(view);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (TPacketClientException)
            {
                // Refused, lost, or not connected: the next view decides.
            }
        }
    }

    private async Task ActAsync(GameView<JsonDocument> view)
    {
        if (view.You is null)
        {
            await _game.ClaimAsync(cancellationToken: _stopping.Token);
            return;
        }

        if (view.Phase == GamePhase.Open && _bot is not null && view.Seats.FirstOrDefault(static seat => seat.User is null && seat.Bot is null) is { } free)
            await _game.SetBotAsync(view.Seats.IndexOf(free), _bot, _stopping.Token);
        else if (view.Phase == GamePhase.Over && !_isCalm)
            await _game.OfferAsync(GameOffer.Rematch, _stopping.Token);
        else if (_game.IsToMove && (_isCalm || _random.Next(100) > 0) && _movesOf(view.Board!.RootElement) is { Length: > 0 } moves)
            await _game.MoveAsync(moves[_random.Next(moves.Length)], view.Moves, _stopping.Token);
        else if (_game.IsToMove)
            await Task.Delay(1_500, _stopping.Token);
    }
}
