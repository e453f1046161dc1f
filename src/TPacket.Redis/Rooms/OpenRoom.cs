using StackExchange.Redis;
using TPacket.Diagnostics;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Rooms;

/// <summary>A room that a node has open for its subscribers.</summary>
/// <param name="name">The room's name.</param>
/// <param name="partition">The node's part of the partition.</param>
internal sealed class OpenRoom(string name, NodePartition partition)
{
    // The maximum number of events in a page. Redis executes nothing else while it reads a page.
    private const int MaxPage = 4096;
    private const long MaxOffset = 1L << 52;

    private readonly Lock _gate = new();
    private readonly RoomKeys _keys = partition.Node.Store.Keys.Room(name);
    private RoomFeed[] _feeds = [];
    private long _sent;

    public string Name => name;

    public RoomKeys Keys => _keys;

    /// <summary>The subscriptions to the room.</summary>
    public RoomFeed[] Feeds => Volatile.Read(ref _feeds);

    public RedisMetrics Metrics => Node.Store.Metrics;

    private Node Node => partition.Node;

    private string DisplayName => Printable.Escape(name);

    /// <summary>Adds a subscriber. The caller holds the partition's lock.</summary>
    public void Add(RoomFeed feed) => Volatile.Write(ref _feeds, [.. _feeds, feed]);

    /// <summary>Removes a subscriber. The caller holds the partition's lock.</summary>
    /// <returns>Whether no subscriber is left.</returns>
    public bool Remove(RoomFeed feed)
    {
        Volatile.Write(ref _feeds, [.. _feeds.Where(other => other != feed)]);
        return _feeds.Length == 0;
    }

    /// <summary>Appends to the log. Redis executes the calls of a thread in order.</summary>
    public ValueTask<AppendResult> AppendAsync(in RoomAppend append)
    {
        if (!Node.IsServing)
            return ValueTask.FromException<AppendResult>(NotServing());
        partition.RecentPresence.Add(name, append);
        return SendAsync(append);
    }

    /// <summary>Repeats a change of the roster, which a failover may have lost.</summary>
    public async Task RepeatAsync(RoomEvent change)
    {
        try
        {
            await SendAsync(new RoomAppend(change)).ConfigureAwait(false);
        }
        catch (RoomStoreException e) when (!e.IsOutcomeUnknown && Node.IsServing)
        {
            // The room no longer exists, so there is nothing to restore.
        }
    }

    private ValueTask<AppendResult> SendAsync(in RoomAppend append)
    {
        var arguments = AppendArguments.Of(Node.Id, _keys.NameUtf8, Node.Store.Keys.Channels(_keys.Partition), append, Node.Store.Settings.Retention, Node.Downtime);
        var sentAt = Metrics.TimesAppends ? Node.Store.Time.GetTimestamp() : 0;
        Task<RedisResult?> sent;
        long number;
        lock (_gate)
        {
            number = ++_sent;
            sent = Node.Store.Scripts.TryRunAsync(Script.Append, _keys.Partition, _keys.ForAppend, arguments);
        }

        var answer = AnswerAsync(sent, number, arguments);
        return new(sentAt == 0 ? answer : TimeAsync(answer, sentAt));
    }

    /// <summary>Reads events.</summary>
    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => ReadAsync(after is null ? "first" : "after", after ?? default, maxEvents, cancellationToken);

    /// <summary>Reads the events that the state of the rules is computed from.</summary>
    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => ReadAsync("rules", after, maxEvents, cancellationToken);

    /// <inheritdoc cref="RedisStore.RestoreAfterFailoverAsync"/>
    public Task RestoreAfterFailoverAsync() => Node.Store.RestoreAfterFailoverAsync();

    /// <summary>Adds the node to the room's listeners and returns a snapshot of the room.</summary>
    public async Task<RoomSnapshot> ReadSnapshotAsync()
    {
        var reply = await OpenAsync().ConfigureAwait(false);
        if (RedisReply.Status(reply) != "ok")
            throw NotServing();
        return RedisReply.Snapshot(reply, Node.Store.Settings.HistoryBytes);
    }

    /// <summary>Removes the node from the room's listeners.</summary>
    public Task CloseAsync() => CloseAsync(Node.Id);

    /// <summary>Removes a node from the room's listeners.</summary>
    public Task CloseAsync(string node) => Node.Store.Scripts.RunAsync(
        Script.Close, _keys.Partition, [.. _keys.ForAppend, Node.Store.Keys.Holdings(_keys.Partition, node)], [node, _keys.NameUtf8, Node.Store.Settings.RetentionPeriod]);

    /// <summary>Removes a member of a node whose lease has expired, or marks it as away. A member that is marked as away then belongs to this node.</summary>
    public async Task RemoveAsync(RoomMember member, bool isAway)
    {
        // If this node's lease expires too, other nodes find the room by this key.
        if (isAway)
            await Node.Store.Database.SetAddAsync(Node.Store.Keys.Holdings(_keys.Partition, Node.Id), name).ConfigureAwait(false);
        await AppendAsync(new RoomAppend(isAway ? RoomEvent.Away(member) : RoomEvent.Left(member, LeaveCause.NodeLost))).ConfigureAwait(false);
    }

    private Task<RedisResult> OpenAsync()
    {
        Span<byte> random = stackalloc byte[24];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        return Node.Store.Scripts.RunAsync(
            Script.Open, _keys.Partition, [.. _keys.ForAppend, Node.Store.Keys.Holdings(_keys.Partition, Node.Id)],
            [Node.Id, _keys.NameUtf8, Convert.ToHexStringLower(random[..8]), Convert.ToHexStringLower(random[8..]), Node.Store.Settings.HistoryMessages, Node.Downtime]);
    }

    private async ValueTask<RoomPage> ReadAsync(string mode, RoomPosition after, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        // A script cannot represent larger offsets. No log has them, so another invalid offset replaces them.
        var offset = after.Offset is < RoomPosition.NoEvent or > MaxOffset ? RoomPosition.NoEvent - 1 : after.Offset;
        var most = Math.Min(maxEvents, MaxPage);
        var reply = await Node.Store.Scripts.RunAsync(Script.Read, _keys.Partition, _keys.ForRead, [mode, EventEntry.Hex(after.Epoch), offset, EventEntry.Hex(after.Check), most])
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return RedisReply.Page(reply, most, isWhole: mode == "rules");
    }

    private async Task<AppendResult> TimeAsync(Task<AppendResult> answer, long sentAt)
    {
        AppendStatus? status = null;
        try
        {
            var result = await answer.ConfigureAwait(false);
            status = result.Status;
            return result;
        }
        finally
        {
            Metrics.Appended(status, Node.Store.Time.GetElapsedTime(sentAt));
        }
    }

    private async Task<AppendResult> AnswerAsync(Task<RedisResult?> sent, long number, RedisValue[] arguments)
    {
        var reply = await sent.ConfigureAwait(false);
        if (reply is null)
        {
            Task<RedisResult?> again;
            lock (_gate)
            {
                // A later append of the same author may have been executed already. A retry would change their order.
                if (number != _sent)
                    throw NotTaken();
                _sent++;
                again = Node.Store.Scripts.TryRunAsync(Script.Append, _keys.Partition, _keys.ForAppend, arguments);
            }

            reply = await again.ConfigureAwait(false) ?? throw NotTaken();
        }

        return Read((string)reply!);
    }

    private AppendResult Read(ReadOnlySpan<char> reply)
    {
        Span<Range> words = stackalloc Range[7];
        var count = reply.Split(words, ' ');
        var status = reply[words[0]];
        if (status is "lease")
        {
            Node.OnOutage();
            throw NotServing();
        }

        if (status is "gone")
            throw new RoomStoreException($"Redis no longer has the room '{DisplayName}'.", isOutcomeUnknown: false);
        if (status is "ok" ? count != 6 : count != 4)
            throw Unreadable(reply);
        var position = new RoomPosition(RedisReply.Hex(reply[words[1]]), RedisReply.Number(reply[words[2]]), RedisReply.Hex(reply[words[3]]));
        return status switch
        {
            "ok" => new AppendResult(AppendStatus.Appended, position, RedisReply.Number(reply[words[4]]), reply[words[5]] is "1"),
            "conflict" => new AppendResult(AppendStatus.Conflict, position),
            "time" => new AppendResult(AppendStatus.OutOfTime, position),
            "fenced" => new AppendResult(AppendStatus.Fenced, position),
            "reused" => new AppendResult(AppendStatus.RequestReused, position),
            "old" => new AppendResult(AppendStatus.RequestTooOld, position),
            "full" => new AppendResult(AppendStatus.Full, position),
            "none" => new AppendResult(AppendStatus.NotFound, position),
            _ => throw Unreadable(reply),
        };
    }

    private RoomStoreException NotTaken() => new($"Room '{DisplayName}': Redis did not have the script, or the room has moved to another server.", isOutcomeUnknown: false);

    private RoomStoreException Unreadable(ReadOnlySpan<char> reply) => new($"Room '{DisplayName}': the script returned '{reply}'.", isOutcomeUnknown: true);

    private RoomStoreException NotServing() => new($"Room '{DisplayName}': this node has no lease.", isOutcomeUnknown: false);
}
