using Microsoft.Extensions.Logging;
using SQLitePCL;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Reading;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite;

/// <summary>Rooms and user ids in a file, which one process serves. The file is open from start to stop.</summary>
internal sealed class SqliteStore(StoreSettings settings, OperationQueue queue, StoreCondition condition, SqliteMetrics metrics, TimeProvider timeProvider, ILogger<SqliteStore> logger)
    : IRoomStore, IUserIdStore, IDatabaseStore, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan _tickPeriod = TimeSpan.FromSeconds(1);

    private readonly AppendPool _appends = new(queue);
    private readonly TickOperation _tick = new();
    private Writer? _writer;
    private ReaderPool? _readers;
    private ITimer? _timer;

    /// <inheritdoc/>
    public string SystemName => "sqlite";

    /// <summary>The writer; null before the start.</summary>
    internal Writer? Writer => _writer;

    /// <summary>Opens the file and starts the writer's thread.</summary>
    /// <exception cref="IOException">The file cannot be served. The message has the reason.</exception>
    public void Start()
    {
        if (_writer is not null)
            return;
        var file = StoreFile.Open(settings.Options, timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        SqliteLog.Opened(logger, file.Path, raw.sqlite3_libversion().utf8_to_string(), file.Run);
        if (file.IsOlder)
            SqliteLog.OlderFile(logger, file.Path);
        _readers = new ReaderPool(file.Path, settings.Options);
        _writer = new Writer(file, queue, _readers, condition, metrics, settings, timeProvider, logger);
        _writer.Start();
        _timer = timeProvider.CreateTimer(static store => ((SqliteStore)store!).OnTick(), this, _tickPeriod, _tickPeriod);
    }

    /// <summary>Executes the queued operations, moves the write-ahead log into the file and closes it.</summary>
    public async Task StopAsync()
    {
        if (_writer is not { } writer)
            return;
        if (_timer is { } timer)
            await timer.DisposeAsync().ConfigureAwait(false);
        queue.Close();
        await writer.Ended.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(subscriber);
        var operation = new OpenOperation(room, subscription, queue);
        queue.Add(operation);
        try
        {
            return Handle(await operation.Opened.WaitAsync(cancellationToken).ConfigureAwait(false), subscription);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = DisposeWhenOpenAsync(operation.Opened, subscription);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRooms, 1);
        return await _readers!.ReadAsync(reader => reader.ReadWakes(before, maxRooms), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<UserIdBlock> ReserveAsync(int count)
    {
        var operation = new ReserveOperation(count, queue);
        queue.Add(operation);
        return await operation.Reserved.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync());

    /// <inheritdoc/>
    public void Dispose() => StopAsync().GetAwaiter().GetResult();

    internal async Task BackUpAsync(string path, CancellationToken cancellationToken)
    {
        var operation = new BackupOperation(path, cancellationToken);
        if (!queue.TryAddInternal(operation))
            throw new RoomStoreException("The store is closed.", isOutcomeUnknown: false);
        await operation.Completed.ConfigureAwait(false);
    }

    internal ValueTask<AppendResult> AppendAsync(OpenRoom room, in RoomAppend append)
    {
        var operation = _appends.Rent();
        var answer = operation.Begin(room, append);
        try
        {
            queue.Add(operation);
            return answer;
        }
        catch (RoomStoreException e)
        {
            operation.Abandon();
            return ValueTask.FromException<AppendResult>(e);
        }
    }

    internal async ValueTask<RoomPage> ReadAsync(OpenRoom room, RoomPosition? after, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        return await _readers!.ReadAsync(reader => reader.Read(room.NameUtf8, room.Initial, after, maxEvents), cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask<RoomPage> ReadRulesAsync(OpenRoom room, RoomPosition after, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        return await _readers!.ReadAsync(reader => reader.ReadRules(room.NameUtf8, room.Initial, after, maxEvents), cancellationToken).ConfigureAwait(false);
    }

    internal Task CloseAsync(OpenRoom room, Subscription subscription)
    {
        var operation = new CloseOperation(room, subscription);
        return queue.TryAddInternal(operation) ? operation.Closed : Task.CompletedTask;
    }

    private SqliteRoomLog Handle(OpenRoom room, Subscription subscription) => new(this, room, subscription);

    private async Task DisposeWhenOpenAsync(Task<OpenRoom> opening, Subscription subscription)
    {
        try
        {
            await Handle(await opening.ConfigureAwait(false), subscription).DisposeAsync().ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            // The store has not opened the room, so there is no log to dispose of.
        }
    }

    private void OnTick()
    {
        if (_tick.TryEnter())
            queue.TryAddInternal(_tick);
    }
}
