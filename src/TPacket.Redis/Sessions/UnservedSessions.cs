using System.Buffers.Binary;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Rooms;

namespace TPacket.Server.Redis.Sessions;

/// <summary>Looks from time to time for sessions that are this node's in Redis and that the server does not serve: Redis has resumed or added them, and its answer was lost. Called by one thread at a time.</summary>
internal sealed class UnservedSessions(RedisStore store)
{
    private long? _lookedAt;
    private HashSet<long> _seen = [];

    // Whatever calls were on their way at one look have ended by the next one.
    private TimeSpan Period => 2 * store.Settings.StoreTimeout;

    /// <summary>Whether it is time for another look.</summary>
    public bool IsDue()
    {
        var now = store.Time.GetTimestamp();
        if (_lookedAt is { } before && store.Time.GetElapsedTime(before, now) < Period)
            return false;
        _lookedAt = now;
        return true;
    }

    /// <summary>Finds those that nobody has served at the last look, either. Their users are away from here on.</summary>
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
