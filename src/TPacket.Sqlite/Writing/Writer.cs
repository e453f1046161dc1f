using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Reading;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Sessions;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// The thread that owns the file. It executes the queued operations in transactions, commits when the queue is empty or after
/// <see cref="SqliteOptions.CommitPeriod"/>, and then passes results and events to the rooms' mailboxes.
/// </summary>
internal sealed class Writer
{
    private const int MaxBatch = 4096;

    private readonly StoreFile _file;
    private readonly OperationQueue _queue;
    private readonly RoomLoader _loader;
    private readonly RoomSweeper _sweeper;
    private readonly Checkpointer _checkpointer;
    private readonly StoreCondition _condition;
    private readonly ReaderPool _readers;
    private readonly SqliteMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _commitPeriod;
    private readonly FaultReporter _faults;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Deliveries _deliveries = new();
    private readonly List<Operation> _executed = [];
    private readonly List<Operation> _deferred = [];
    private List<Operation> _taken = [];
    private int _next;
    private bool _isRetrying;

    public Writer(StoreFile file, OperationQueue queue, ReaderPool readers, StoreCondition condition, SqliteMetrics metrics, StoreSettings settings, TimeProvider timeProvider, ILogger logger)
    {
        _file = file;
        _queue = queue;
        _readers = readers;
        _condition = condition;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _commitPeriod = settings.Options.CommitPeriod;
        _faults = new FaultReporter(file, condition);
        Rooms = new OpenRooms(queue, _deliveries, logger);
        _loader = new RoomLoader(file, settings);
        _sweeper = new RoomSweeper(file, settings);
        _checkpointer = new Checkpointer(file, settings.Options);
        Backups = new Backups(file);
        Upkeep = new Upkeep(file, _sweeper, _faults, condition, readers);
        _thread = new Thread(Run) { IsBackground = true, Name = "tPacket SQLite writer" };
    }

    /// <summary>Completes when the thread has executed all operations and closed the file.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The connection for writing. It is replaced after some faults.</summary>
    public Database Database => _file.Database;

    public RoomTables Tables => _file.Tables;

    public SessionTable Sessions => _file.Sessions;

    /// <summary>The milliseconds in which no server has served the file, over all its runs.</summary>
    public long Downtime => _file.Uptime.Downtime;

    public OpenRooms Rooms { get; }

    public Backups Backups { get; }

    public Upkeep Upkeep { get; }

    /// <summary>The store's time, in milliseconds since the Unix epoch.</summary>
    public long Now => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    public void Start() => _thread.Start();

    /// <summary>Returns the state of a room. Reads it from the file if it is not loaded.</summary>
    public LogState Load(OpenRoom room)
    {
        if (room.State is { } known)
            return known;
        Rooms.AddLoaded(room);
        var state = _loader.Load(room, this);
        if (room.Committed is { } committed && committed != state.Last)
        {
            // A commit with an unknown outcome has taken effect, or the file has changed.
            var snapshot = state.TakeSnapshot();
            foreach (var subscription in room.Subscriptions)
                _executed.Insert(_executed.Count - 1, new ResetOperation(room, subscription, snapshot));
        }

        return state;
    }

    /// <summary>Begins a transaction unless there is one.</summary>
    /// <exception cref="RoomStoreException">The write-ahead log has its maximum size.</exception>
    public void Begin()
    {
        if (_file.Database.IsInTransaction)
            return;
        _checkpointer.ThrowIfFull();
        _file.Database.Begin();
    }

    /// <summary>Prepares the change of a loaded room in the current transaction.</summary>
    public void Touch(OpenRoom room)
    {
        Begin();
        if (Rooms.TryTouch(room) && room.Record!.Id == 0)
            Tables.Insert(room.NameUtf8, room.Record);
    }

    public int ReserveUserIds(int count)
    {
        Begin();
        return _file.ReserveUserIds(count);
    }

    /// <summary>Executes an operation again after the next commit.</summary>
    public void Defer(Operation operation) => _deferred.Add(operation);

    private void Run()
    {
        try
        {
            while (!_queue.IsDone)
            {
                _taken.Clear();
                _taken = _queue.Take(_taken, wait: !Backups.IsBusy);
                _next = 0;
                do
                {
                    if (_next < _taken.Count)
                        RunTransaction();
                    Backups.Step(this);
                }
                while (_next < _taken.Count);
            }

            Backups.FailAll(this);
            _readers.Dispose();
            RecordEnd();
            _checkpointer.Finish();
        }
        catch (Exception e)
        {
            _condition.Log(logger => SqliteLog.OperationFailed(logger, e));
        }
        finally
        {
            _file.Dispose();
            _ended.SetResult();
        }
    }

    private void RecordEnd()
    {
        try
        {
            Upkeep.RecordEnd(Now);
        }
        catch (SqliteException)
        {
            // The time of the last tick remains.
            Rollback();
        }
    }

    private void RunTransaction()
    {
        var started = _timeProvider.GetTimestamp();
        var isCommitting = false;
        try
        {
            while (TryTakeNext(out var operation))
            {
                if (operation.RunsAlone && _executed.Count > 0)
                {
                    _next--;
                    break;
                }

                _executed.Add(operation);
                operation.Execute(this);
                if (_isRetrying || operation.RunsAlone || _executed.Count >= MaxBatch || _timeProvider.GetElapsedTime(started) >= _commitPeriod)
                    break;
            }

            if (_file.Database.IsInTransaction)
            {
                WriteTouched();
                if (_file.DescribeMissingFile() is { } missing)
                    throw new RoomStoreException(missing, isOutcomeUnknown: false);
                isCommitting = true;
                _file.Database.Commit();
                _metrics.Committed(_executed.Count, _timeProvider.GetElapsedTime(started));
                _condition.Succeed();
            }
        }
        catch (Exception e)
        {
            OnFailed(e, isCommitting);
            return;
        }

        OnCommitted();
    }

    private bool TryTakeNext(out Operation operation)
    {
        if (_next == _taken.Count)
        {
            _taken.Clear();
            _taken = _queue.Take(_taken, wait: false);
            _next = 0;
        }

        operation = _next < _taken.Count ? _taken[_next++] : null!;
        return operation is not null;
    }

    private void WriteTouched()
    {
        foreach (var room in Rooms.Touched)
            _sweeper.Write(room, Now);
    }

    private void OnCommitted()
    {
        Rooms.Accept();
        foreach (var operation in _executed)
            operation.Commit();
        _executed.Clear();
        _deliveries.Start();
        Rooms.CloseUnused();
        foreach (var operation in _deferred)
            _queue.TryAddInternal(operation);
        _deferred.Clear();
        try
        {
            _checkpointer.Advance();
        }
        catch (SqliteException e)
        {
            // The commits are safe in the write-ahead log.
            _condition.Fail(e, SqliteErrors.Describe(e, _file.Path));
        }
    }

    private void OnFailed(Exception error, bool isCommitting)
    {
        _metrics.Failed();
        Rollback();
        var unsure = isCommitting ? Rooms.Touched.Where(static room => room.Subscriptions.Length > 0).ToArray() : [];
        Rooms.Discard();
        var failed = _executed.Where(static operation => operation is not ResetOperation { IsOfLoad: true }).ToArray();
        _executed.Clear();
        var retried = Array.Empty<Operation>();
        if (failed.Length > 1)
        {
            // Damage in one room must not fail the others, and a full disk must not fail operations that write nothing.
            // So these operations are retried one by one.
            var isLocal = !isCommitting && (error is SqliteException fault ? SqliteErrors.IsDamage(fault) : error is not (RoomStoreException or IOException));
            retried = isLocal ? failed : [.. failed.Where(static operation => !operation.HasChanged)];
            failed = isLocal ? [] : [.. failed.Where(static operation => operation.HasChanged)];
        }

        if (retried.Length == 0 || failed.Length > 0)
            Fail(failed, error, isCommitting, unsure);
        RetryAlone(retried);
        Rooms.CloseUnused();
    }

    private void Fail(Operation[] failed, Exception error, bool isCommitting, OpenRoom[] unsure)
    {
        var failure = _faults.Report(error, isCommitting);
        foreach (var operation in failed)
            operation.Fail(this, failure);
        _deliveries.Start();
        if (failure.IsOutcomeUnknown)
            _deferred.AddRange(unsure.Select(static room => new RefreshOperation(room)));
    }

    private void RetryAlone(Operation[] operations)
    {
        var (taken, next) = (_taken, _next);
        _isRetrying = true;
        foreach (var operation in operations)
        {
            (_taken, _next) = ([operation], 0);
            RunTransaction();
        }

        _isRetrying = false;
        (_taken, _next) = (taken, next);
    }

    private void Rollback()
    {
        try
        {
            if (_file.Database.IsInTransaction)
                _file.Database.Rollback();
        }
        catch (SqliteException)
        {
            // The connection is unusable; a new one reads everything again.
            _faults.NeedsReopening = true;
            Rooms.ForgetAll();
        }
    }
}
