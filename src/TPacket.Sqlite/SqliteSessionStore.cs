using TPacket.Server.Sqlite.Sessions;
using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite;

/// <summary>The sessions of users in the file. Each call is an operation of the writer and completes after its commit.</summary>
internal sealed class SqliteSessionStore(OperationQueue queue) : ISessionStore, IDatabaseStore
{
    /// <inheritdoc/>
    public string SystemName => "sqlite";

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed) => await CallAsync(static (table, now) => table.TakeOver(now)).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(SessionRecord session) => CallAsync((table, _) => table.TryAdd(session));

    /// <inheritdoc/>
    public ValueTask<bool> UpdateAsync(SessionRecord session) => CallAsync((table, now) => table.TryUpdate(session, now));

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim) => CallAsync((table, _) => table.Resume(claim));

    /// <inheritdoc/>
    public ValueTask<bool> EndAsync(long number, int generation) => CallAsync((table, _) => table.TryEnd(number, generation));

    private async ValueTask<T> CallAsync<T>(Func<SessionTable, long, T> call)
    {
        var operation = new SessionOperation<T>(call, queue);
        queue.Add(operation);
        return await operation.Completed.ConfigureAwait(false);
    }
}
