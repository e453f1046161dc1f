using Microsoft.Extensions.Logging;

namespace TPacket.Server.Sqlite.Diagnostics;

/// <summary>Whether the store works. Written by the writer's thread, read by any.</summary>
internal sealed class StoreCondition(ILogger<SqliteStore> logger)
{
    private readonly Lock _logGate = new();
    private readonly Queue<Action<ILogger>> _logged = new();

    private volatile string? _fault;
    private volatile string? _damage;

    /// <summary>Why the store does not work now; null while it does.</summary>
    public string? Fault => _fault;

    /// <summary>Which damage was found since the start, though the store goes on; null where there is none.</summary>
    public string? Damage => _damage;

    /// <summary>A transaction has failed.</summary>
    public void Fail(Exception? error, string fault)
    {
        if (_fault == fault)
            return;
        _fault = fault;
        Log(logger => SqliteLog.Failed(logger, error, fault));
    }

    /// <summary>A part of the file is damaged; the rest works.</summary>
    public void FindDamage(Exception error, string damage)
    {
        if (_damage == damage)
            return;
        _damage = damage;
        Log(logger => SqliteLog.Failed(logger, error, damage));
    }

    /// <summary>A transaction was committed.</summary>
    public void Succeed()
    {
        if (_fault is null)
            return;
        _fault = null;
        Log(SqliteLog.Recovered);
    }

    /// <summary>Logs on the thread pool, in order: a log that blocks must not hold up the writer.</summary>
    public void Log(Action<ILogger> log)
    {
        lock (_logged)
            _logged.Enqueue(log);
        ThreadPool.UnsafeQueueUserWorkItem(static condition => condition.LogNext(), this, preferLocal: false);
    }

    private void LogNext()
    {
        lock (_logGate)
        {
            Action<ILogger> log;
            lock (_logged)
                log = _logged.Dequeue();
            log(logger);
        }
    }
}
