using System.Buffers.Binary;
using System.Collections.Concurrent;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Sessions;

/// <summary>
/// The sessions of users on Redis. A session belongs to the node that changed it last. When the lease of a node has expired,
/// the sweeping node adopts the sessions of that node.
/// </summary>
internal sealed class RedisSessionStore(RedisStore store) : ISessionStore, IDatabaseStore
{
    private const int AdoptedAtOnce = 64;

    private readonly ConcurrentQueue<OrphanedSession> _adopted = new();

    // A write has the record, or null and the generation of an ended session.
    private readonly RecentWrites<(long Number, SessionRecord? Record, int Generation)> _written = new(store.Time);

    private readonly UnservedSessions _unserved = new(store);

    // Incomplete while the latest writes are being repeated.
    private Task _restoring = Task.CompletedTask;

    /// <inheritdoc/>
    public string SystemName => "redis";

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed)
    {
        var adopted = new List<OrphanedSession>();
        if (store.Node is { IsServing: true } node && _unserved.IsDue())
            adopted.AddRange(await _unserved.FindAsync(node, isServed).ConfigureAwait(false));
        while (_adopted.TryDequeue(out var left))
            adopted.Add(left);
        return adopted;
    }

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(SessionRecord session) => WriteAsync(Script.SessionAdd, session);

    /// <inheritdoc/>
    public ValueTask<bool> UpdateAsync(SessionRecord session) => WriteAsync(Script.SessionUpdate, session);

    /// <inheritdoc/>
    public async ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim)
    {
        var reply = await RunAsync(
            Script.SessionResume, SessionEntry.Pack(claim.Token), SessionEntry.Pack(claim.NextToken),
            claim.Principal is { } principal ? SessionEntry.Pack(principal) : RedisValue.EmptyString,
            claim.Grace is { } grace ? SessionEntry.Pack(grace) : RedisValue.EmptyString).ConfigureAwait(false);
        if (reply.IsNull)
            return null;
        var resumed = SessionEntry.Unpack(NumberOf(reply[0]), (byte[])reply[1]!);
        _written.Add((resumed.Number, resumed, resumed.Generation));
        return resumed;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> EndAsync(long number, int generation)
    {
        if (!IsDone(await RunAsync(Script.SessionEnd, EventEntry.AuthorHex(number), SessionEntry.Pack(generation)).ConfigureAwait(false)))
            return false;
        _written.Add((number, null, generation));
        return true;
    }

    /// <summary>
    /// Repeats this node's last write of each session, which a failover may have lost. Later writes wait: a repeated call may be executed late,
    /// after Redis has reported an unknown script.
    /// </summary>
    public async Task RestoreAsync()
    {
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _restoring, restored.Task);
        try
        {
            await _written.RepeatAsync(written => written.GroupBy(static write => write.Number).Select(static writes => writes.Last()).Select(write => write.Record is { } record
                ? RunAsync(Script.SessionRestore, EventEntry.AuthorHex(write.Number), SessionEntry.Pack(record))
                : RunAsync(Script.SessionEnd, EventEntry.AuthorHex(write.Number), SessionEntry.Pack(write.Generation)))).ConfigureAwait(false);
        }
        finally
        {
            restored.SetResult();
        }
    }

    /// <summary>Returns the room of a session; null if the session does not exist or is in no room.</summary>
    public async Task<string?> FindRoomAsync(long number)
    {
        var record = await store.Database.HashGetAsync(store.Keys.Sessions[0], EventEntry.AuthorHex(number)).ConfigureAwait(false);
        return record.IsNull ? null : SessionEntry.Unpack(number, (byte[])record!).Room;
    }

    /// <summary>Takes over the sessions of a node whose lease has expired.</summary>
    /// <returns>The ids of their users.</returns>
    public async Task<List<int>> AdoptAsync(Node node, string gone)
    {
        var users = new List<int>();
        while (true)
        {
            var reply = await store.Scripts.RunAsync(
                Script.SessionAdopt, KeySpace.Shared, store.Keys.Sessions, [node.Id, store.Keys.SessionsOfNodes, store.Settings.NodeLease, gone, AdoptedAtOnce]).ConfigureAwait(false);
            if (reply.Length == 0)
                return users;
            for (var i = 0; i < reply.Length; i += 3)
            {
                var session = SessionEntry.Unpack(NumberOf(reply[i]), (byte[])reply[i + 1]!);
                users.Add(session.UserId);
                _adopted.Enqueue(new OrphanedSession(session, TimeSpan.FromMilliseconds(RedisReply.Number(reply[i + 2]))));
            }
        }
    }

    private async ValueTask<bool> WriteAsync(Script script, SessionRecord session)
    {
        // Added before the call is sent. Otherwise RestoreAsync could repeat an earlier record after Redis has executed this call and before its reply arrives.
        var written = _written.Add((session.Number, session, session.Generation));
        await Volatile.Read(ref _restoring).ConfigureAwait(false);
        try
        {
            if (IsDone(await RunAsync(script, EventEntry.AuthorHex(session.Number), SessionEntry.Pack(session)).ConfigureAwait(false)))
                return true;
        }
        catch (RoomStoreException e) when (!e.IsOutcomeUnknown)
        {
            // The caller treats the record as not written, so it must not be repeated.
            written.Refuse();
            throw;
        }

        written.Refuse();
        return false;
    }

    private static bool IsDone(RedisResult reply) => (int)reply == 1;

    private static long NumberOf(RedisResult digits) => BinaryPrimitives.ReadInt64LittleEndian(Convert.FromHexString((string)digits!));

    private async Task<RedisResult> RunAsync(Script script, params RedisValue[] arguments)
    {
        var node = await store.GetNodeAsync().ConfigureAwait(false);
        if (!node.IsServing)
            throw NotServing();
        var reply = await store.Scripts.RunAsync(script, KeySpace.Shared, store.Keys.Sessions, [node.Id, store.Keys.SessionsOfNodes, store.Settings.NodeLease, .. arguments]).ConfigureAwait(false);
        if (reply.Resp2Type is ResultType.BulkString && (string?)reply == "lease")
            throw NotServing();
        return reply;
    }

    private static RoomStoreException NotServing() => new("This node has no lease.", isOutcomeUnknown: false);
}
