using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Reading;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Sessions;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// The thread that owns the file. It executes what is queued in one transaction after the other, commits when nothing more waits or after <see cref="SqliteOptions.CommitPeriod"/>, and then hands
/// the answers and events over to the rooms' mailboxes.
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
    private bool _isAlone;

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
        _thread = new Thread(Run) { IsBackground = true, Name = "tPacket SQLite writer" };
    }

    /// <summary>Completes when the thread has executed everything and closed the file.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The connection that writes. Another one takes its place after some faults.</summary>
    public Database Database => _file.Database;

    public RoomTables Tables => _file.Tables;

    public SessionTable Sessions => _file.Sessions;

    /// <summary>For how many milliseconds no server has served the file, over all its runs.</summary>
    public long Downtime => _file.Uptime.Downtime;

    public OpenRooms Rooms { get; }

    public Backups Backups { get; }

    /// <summary>The store's time, in milliseconds since the Unix epoch.</summary>
    public long Now => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    public void Start() => _thread.Start();

    /// <summary>The state of a room, which is read from the file where it is not known.</summary>
    public LogState Load(OpenRoom room)
    {
        if (room.State is { } known)
            return known;
        Rooms.AddLoaded(room);
        var state = _loader.Load(room, this);
        if (room.Committed is { } committed && committed != state.Last)
        {
            // The outcome of a commit was unknown, or the file is another one.
            var snapshot = state.TakeSnapshot();
            foreach (var subscription in room.Subscriptions)
                _executed.Insert(_executed.Count - 1, new ResetOperation(room, subscription, snapshot));
        }

        return state;
    }

    /// <summary>Begins a transaction where there is none.</summary>
    /// <exception cref="RoomStoreException">The write-ahead log is as long as it may be.</exception>
    public void Begin()
    {
        if (_file.Database.IsInTransaction)
            return;
        _checkpointer.ThrowIfFull();
        _file.Database.Begin();
    }

    /// <summary>The transaction is about to change a room, which is loaded.</summary>
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

    /// <summary>Has an operation executed again when the store works.</summary>
    public void Defer(Operation operation) => _deferred.Add(operation);

    public void Tick()
    {
        if (_condition.Fault is not null || _file.Missing() is not null)
        {
            if (!_file.Database.IsInTransaction)
                Mend();

            Begin();
            _file.Probe();
        }

        if (Sessions.IsAnyAway())
        {
            Begin();
            Sessions.SetAlive(Now);
        }

        if (_file.Uptime.IsOlder(Now, Rooms.HaveRules || Tables.Rules.IsAnyAwake() ? Uptime.Resolution : Uptime.RestResolution) && Tables.Rules.IsAny())
        {
            Begin();
            _file.Uptime.Write(Now);
        }

        _sweeper.Sweep(this);
    }

    /// <summary>Does what can be done about a fault.</summary>
    private void Mend()
    {
        if (_file.Missing() is not null)
        {
            // Without the file's place, a new connection would have another file.
            if (!_file.TryRescue())
                return;
            _condition.Log(logger => SqliteLog.Rescued(logger, _file.Path));
            _faults.NeedsReopening = true;
        }

        if (!_faults.NeedsReopening)
            return;
        Backups.FailAll(this);
        _file.Reopen();
        _faults.NeedsReopening = false;
        _readers.Renew();
        Rooms.DropAll();
    }

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
            WriteEnd();
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

    /// <summary>Writes when the run ends, where rules depend on it.</summary>
    private void WriteEnd()
    {
        try
        {
            if (_file.Missing() is not null || !Tables.Rules.IsAny())
                return;
            _file.Database.Begin();
            _file.Uptime.Write(Now);
            _file.Database.Commit();
        }
        catch (SqliteException)
        {
            // The time of the last tick stands.
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
                if (operation.IsApart && _executed.Count > 0)
                {
                    _next--;
                    break;
                }

                _executed.Add(operation);
                operation.Execute(this);
                if (_isAlone || operation.IsApart || _executed.Count >= MaxBatch || _timeProvider.GetElapsedTime(started) >= _commitPeriod)
                    break;
            }

            if (_file.Database.IsInTransaction)
            {
                WriteTouched();
                if (_file.Missing() is { } missing)
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
        Rooms.Settle();
        foreach (var operation in _executed)
            operation.Commit();
        _executed.Clear();
        _deliveries.Start();
        Rooms.CloseLeft();
        foreach (var operation in _deferred)
            _queue.TryAddOwn(operation);
        _deferred.Clear();
        try
        {
            _checkpointer.Advance();
        }
        catch (SqliteException e)
        {
            // The commits are in the write-ahead log, and stay there.
            _condition.Fail(e, Faults.Describe(e, _file.Path));
        }
    }

    private void OnFailed(Exception error, bool isCommitting)
    {
        _metrics.Failed();
        Rollback();
        var unsure = isCommitting ? Rooms.Touched.Where(static room => room.Subscriptions.Length > 0).ToArray() : [];
        Rooms.Drop();
        var failed = _executed.Where(static operation => operation is not ResetOperation { IsOfLoad: true }).ToArray();
        _executed.Clear();
        var retried = Array.Empty<Operation>();
        if (failed.Length > 1)
        {
            // One room's damage is not the others', and a full disk keeps nobody from what needs none.
            var isLocal = !isCommitting && (error is SqliteException fault ? Faults.IsDamage(fault) : error is not (RoomStoreException or IOException));
            retried = isLocal ? failed : [.. failed.Where(static operation => !operation.HasChanged)];
            failed = isLocal ? [] : [.. failed.Where(static operation => operation.HasChanged)];
        }

        if (retried.Length == 0 || failed.Length > 0)
            Fail(failed, error, isCommitting, unsure);
        RetryAlone(retried);
        Rooms.CloseLeft();
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
        _isAlone = true;
        foreach (var operation in operations)
        {
            (_taken, _next) = ([operation], 0);
            RunTransaction();
        }

        _isAlone = false;
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
            // The connection is of no use: everything is read again from a new one.
            _faults.NeedsReopening = true;
            Rooms.DropAll();
        }
    }
}
