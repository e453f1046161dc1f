using System.Collections.Concurrent;
using TPacket.Server.Rooms;
using TPacket.Server.Stores.Tracing;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>The sessions that have ended here and that the store may still have. Ends their records. Thread-safe.</summary>
internal sealed class EndedSessions(TracedSessionStore store, StoreDeadline storeDeadline, PendingLeaves leaves)
{
    // The number of pending calls to end each session, by the session's number.
    private readonly ConcurrentDictionary<long, int> _ending = new();

    /// <summary>Returns whether a session has ended here, while the store may still have it.</summary>
    public bool Contains(long number) => _ending.ContainsKey(number);

    /// <summary>Ends the record of a session that this server does not serve any more. Repeats the call until the store answers.</summary>
    /// <returns>True if the session has ended; false if the store has another generation of the session, or the server has stopped before.</returns>
    public async Task<bool> EndAsync(long number, int generation)
    {
        var isOver = false;
        _ending.AddOrUpdate(number, 1, static (_, count) => count + 1);
        await leaves.RepeatAsync(async () => isOver = await storeDeadline.CallAsync(() => store.EndAsync(number, generation)).ConfigureAwait(false)).ConfigureAwait(false);
        if (_ending.AddOrUpdate(number, 0, static (_, count) => count - 1) == 0)
            _ending.TryRemove(KeyValuePair.Create(number, 0));
        return isOver;
    }
}
