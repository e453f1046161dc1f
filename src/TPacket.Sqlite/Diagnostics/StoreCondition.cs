using Microsoft.Extensions.Logging;

namespace TPacket.Server.Sqlite.Diagnostics;

/// <summary>The condition of the store, for the log and the health check. The writer's thread changes it; any thread reads it.</summary>
internal sealed class StoreCondition(ILogger<SqliteStore> logger)
{
    private readonly Lock _logGate = new();
    private readonly Queue<Action<ILogger>> _logged = new();

    private volatile string? _fault;
    private volatile string? _damage;

    /// <summary>The reason why the store fails at present; null while it works.</summary>
    public string? Fault => _fault;

    /// <summary>The damage to a part of the file that was found since the start; null if there is none.</summary>
    public string? Damage => _damage;

    /// <summary>Records and logs a failed transaction.</summary>
    public void Fail(Exception? error, string fault)
    {
        if (_fault == fault)
            return;
        _fault = fault;
        Log(logger => SqliteLog.Failed(logger, error, fault));
    }

    /// <summary>Records and logs damage to a part of the file. The store continues with the rest.</summary>
    public void FindDamage(Exception error, string damage)
    {
        if (_damage == damage)
            return;
        _damage = damage;
        Log(logger => SqliteLog.Failed(logger, error, damage));
    }

    /// <summary>Records a commit, and logs the recovery after a failure.</summary>
    public void Succeed()
    {
        if (_fault is null)
            return;
        _fault = null;
        Log(SqliteLog.Recovered);
    }

    /// <summary>Logs on the thread pool, in order, because a logger that blocks must not stall the writer.</summary>
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
