using System.Buffers.Binary;
using System.Collections.Concurrent;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Sessions;

/// <summary>The sessions of users on Redis. Each belongs to the node that has changed it last; those of a node whose lease is gone are adopted by the one that sweeps.</summary>
internal sealed class RedisSessionStore(RedisStore store) : ISessionStore, IDatabaseStore
{
    private const int AdoptedAtOnce = 64;

    private readonly ConcurrentQueue<OrphanedSession> _adopted = new();

    // A record, or the generation that has ended.
    private readonly RecentWrites<(long Number, SessionRecord? Record, int Generation)> _written = new(store.Time);

    private readonly UnservedSessions _unserved = new(store);

    // Completed unless the latest writes are being repeated.
    private Task _asserting = Task.CompletedTask;

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

    /// <summary>Writes once more what this node has written last of each session: a failover may have lost it. A later write waits for that, since a script that Redis does not know any more is executed late.</summary>
    public async Task AssertAsync()
    {
        var asserted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _asserting, asserted.Task);
        try
        {
            await _written.RepeatAsync(written => written.GroupBy(static write => write.Number).Select(static writes => writes.Last()).Select(write => write.Record is { } record
                ? RunAsync(Script.SessionAssert, EventEntry.AuthorHex(write.Number), SessionEntry.Pack(record))
                : RunAsync(Script.SessionEnd, EventEntry.AuthorHex(write.Number), SessionEntry.Pack(write.Generation)))).ConfigureAwait(false);
        }
        finally
        {
            asserted.SetResult();
        }
    }

    /// <summary>The room that the record of a session names; null where there is no session or it is in no room.</summary>
    public async Task<string?> FindRoomAsync(long number)
    {
        var record = await store.Database.HashGetAsync(store.Keys.Sessions[0], EventEntry.AuthorHex(number)).ConfigureAwait(false);
        return record.IsNull ? null : SessionEntry.Unpack(number, (byte[])record!).Room;
    }

    /// <summary>Takes over the sessions of a node whose lease is gone.</summary>
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
        // Before it is sent: between its execution and its answer, an earlier record may be written once more.
        var written = _written.Add((session.Number, session, session.Generation));
        await Volatile.Read(ref _asserting).ConfigureAwait(false);
        try
        {
            if (IsDone(await RunAsync(script, EventEntry.AuthorHex(session.Number), SessionEntry.Pack(session)).ConfigureAwait(false)))
                return true;
        }
        catch (RoomStoreException e) when (!e.IsOutcomeUnknown)
        {
            // The caller takes it for not written, so it stays so.
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
        var node = await store.LiveNodeAsync().ConfigureAwait(false);
        if (!node.IsServing)
            throw NotServing();
        var reply = await store.Scripts.RunAsync(script, KeySpace.Shared, store.Keys.Sessions, [node.Id, store.Keys.SessionsOfNodes, store.Settings.NodeLease, .. arguments]).ConfigureAwait(false);
        if (reply.Resp2Type is ResultType.BulkString && (string?)reply == "lease")
            throw NotServing();
        return reply;
    }

    private static RoomStoreException NotServing() => new("This node has no lease.", isOutcomeUnknown: false);
}
