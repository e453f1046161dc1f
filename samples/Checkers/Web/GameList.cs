using System.Collections.Concurrent;
using System.Text.Json;
using Checkers.Games;
using TPacket.Games;
using TPacket.Server;

namespace Checkers.Web;

/// <summary>
/// The list of games, stored as the log of a room without members. Each server appends the changes of the games that it sees, and folds the entries of all servers, so the list is the same on all
/// servers and after a restart. If two servers see the same change, both append it; the second entry has no effect.
/// </summary>
internal sealed class GameList(IRoomDirectory rooms, CheckersGame rules, TimeProvider time, ILogger<GameList> logger) : BackgroundService
{
    private const int ListedCommand = 256;
    private const int PageEvents = 256;
    private const int MaxFinished = 1_000;
    private const int MaxShown = 50;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _reading = new(1);
    private readonly ConcurrentDictionary<string, ListedGame> _current = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Room, int Number), ListedGame> _finished = [];
    private readonly Queue<(string Room, int Number)> _oldest = [];
    private RoomPosition? _position;
    private IRoom? _log;

    public GameListView ToView()
    {
        var current = _current.Values.OrderByDescending(static game => game.Time).ToArray();
        lock (_gate)
        {
            return new GameListView(
                [.. current.Where(static game => game is { Phase: "open", IsHeld: true }).Take(MaxShown)],
                [.. current.Where(static game => game.Phase == "running").Take(MaxShown)],
                [.. _oldest.Reverse().Take(MaxShown).Select(key => _finished[key] with { Pdn = null })]);
        }
    }

    /// <summary>Returns the PDN of a finished game; null if the list does not have it.</summary>
    public string? Find(string room, int number)
    {
        lock (_gate)
            return _finished.GetValueOrDefault((room, number))?.Pdn;
    }

    /// <summary>Appends the state of a game if it differs from the list's.</summary>
    public async ValueTask UpdateAsync(IRoom room)
    {
        if (Volatile.Read(ref _log) is not { } log || !room.TryGetState<GameState<CheckersBoard, string>>(out var state))
            return;
        var before = _current.GetValueOrDefault(room.Name);
        var game = ListedGame.Of(room.Name, state).WithPlayersOf(before);
        // A finished game does not change when the players leave.
        if (game == before?.Timeless || Find(game.Room, game.Number) is not null || (before is null && !game.IsFinished && (game.Phase == "over" || !game.IsHeld)))
            return;
        if (game.IsFinished)
            game = game with { Pdn = rules.ToPdn(state, game.Black ?? $"Computer ({game.BlackBot})", game.White ?? $"Computer ({game.WhiteBot})") };
        await log.BroadcastAsync(ListedCommand, game, WebJson.Default.ListedGame);
    }

    /// <summary>Reads the entries since the last call, or all entries if the log has changed.</summary>
    public async ValueTask CatchUpAsync(IRoom log, CancellationToken cancellationToken = default)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var page = await log.ReadAsync(_position, PageEvents, cancellationToken);
                if (page.IsGone)
                {
                    Clear();
                    continue;
                }

                foreach (var listed in page.Events)
                    Apply(listed);
                _position = page.Position;
                if (page.Events.Count == 0)
                    return;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var handle = await rooms.OpenAsync(GameRooms.List);
                await CatchUpAsync(handle.Room, stoppingToken);
                Volatile.Write(ref _log, handle.Room);
                await RefreshAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
            }
            catch (RoomStoreException e)
            {
                WebLog.ListFailed(logger, e);
                await Task.Delay(_pause, time, stoppingToken);
            }
        }
    }

    private void Clear()
    {
        _position = null;
        _current.Clear();
        lock (_gate)
        {
            _finished.Clear();
            _oldest.Clear();
        }
    }

    private void Apply(in RoomEvent listed)
    {
        if (listed is not { Kind: RoomEventKind.Packet, Command: ListedCommand, Member: null })
            return;
        var game = JsonSerializer.Deserialize(listed.Data.Span, WebJson.Default.ListedGame)! with { Time = listed.Time };
        if (game.Phase == "over" || (game.Phase == "open" && !game.IsHeld))
            _current.TryRemove(game.Room, out _);
        else
            _current[game.Room] = game with { Pdn = null };
        lock (_gate)
        {
            if (!game.IsFinished || !_finished.TryAdd((game.Room, game.Number), game))
                return;
            _oldest.Enqueue((game.Room, game.Number));
            if (_oldest.Count > MaxFinished)
                _finished.Remove(_oldest.Dequeue());
        }
    }

    /// <summary>Opens the rooms of unfinished games after a restart, so that their observers update the list.</summary>
    private async ValueTask RefreshAsync()
    {
        foreach (var game in _current.Values)
        {
            try
            {
                await (await rooms.OpenAsync(game.Room)).DisposeAsync();
            }
            catch (RoomRulesException e)
            {
                // A newer server has appended events that these rules cannot read.
                WebLog.GameNotOpened(logger, e, game.Room);
            }
        }
    }
}
