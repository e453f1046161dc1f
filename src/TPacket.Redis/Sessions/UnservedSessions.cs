using System.Buffers.Binary;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Rooms;

namespace TPacket.Server.Redis.Sessions;

/// <summary>
/// Finds sessions that belong to this node in Redis but that the server does not serve. Such a session remains when Redis has added or resumed it and
/// the reply was lost. Not thread-safe.
/// </summary>
internal sealed class UnservedSessions(RedisStore store)
{
    private long? _checkedAt;
    private HashSet<long> _seen = [];

    // Long enough that all calls in progress at one check have ended at the next.
    private TimeSpan Period => 2 * store.Settings.StoreTimeout;

    /// <summary>Returns whether the next check is due, and starts the period of the following one.</summary>
    public bool IsDue()
    {
        var now = store.Time.GetTimestamp();
        if (_checkedAt is { } before && store.Time.GetElapsedTime(before, now) < Period)
            return false;
        _checkedAt = now;
        return true;
    }

    /// <summary>Returns the sessions that were not served at this check and the one before. Their users count as away from here on.</summary>
    public async Task<IReadOnlyList<OrphanedSession>> FindAsync(Node node, Func<long, bool> isServed)
    {
        var seen = new HashSet<long>();
        var found = new List<OrphanedSession>();
        await foreach (var digits in store.Database.SetScanAsync($"{store.Keys.SessionsOfNodes}{node.Id}").ConfigureAwait(false))
        {
            var number = BinaryPrimitives.ReadInt64LittleEndian(Convert.FromHexString((string)digits!));
            if (isServed(number) || !seen.Add(number) || !_seen.Contains(number))
                continue;
            var record = await store.Database.HashGetAsync(store.Keys.Sessions[0], EventEntry.AuthorHex(number)).ConfigureAwait(false);
            if (!record.IsNull && !isServed(number))
                found.Add(new OrphanedSession(SessionEntry.Unpack(number, (byte[])record!) with { IsAway = true }, TimeSpan.Zero));
        }

        _seen = seen;
        return found;
    }
}
