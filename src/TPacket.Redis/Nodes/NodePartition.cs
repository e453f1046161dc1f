using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The open rooms of a node in one partition, and the channel on which the node receives notifications of their events.</summary>
internal sealed class NodePartition
{
    // The maximum number of rooms that one script compares. Redis executes nothing else meanwhile.
    private const int RoomsAtOnce = 256;

    // Notifications of the latest events may still be in transit.
    private static readonly TimeSpan _transitTime = TimeSpan.FromMilliseconds(100);

    private readonly int _number;
    private readonly NodeChannel _channel;
    private readonly NotificationRun _run = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenRoom> _rooms = new(StringComparer.Ordinal);
    private Task? _acquiring;
    private volatile bool _hasLease;
    private bool _isLost;

    public NodePartition(Node node, int number)
    {
        Node = node;
        _number = number;
        _channel = new NodeChannel(node, number, node.Store.Settings.Options.DeliveryInterval, OnMessage, OnPause, OnMissed);
        RecentPresence = new RecentPresence(node.Store.Time);
    }

    public Node Node { get; }

    /// <summary>The latest changes of rosters by this node.</summary>
    public RecentPresence RecentPresence { get; }

    /// <summary>Whether the node has a lease in the partition.</summary>
    public bool HasLease => _hasLease;

    /// <summary>Subscribes to the partition's channel and acquires a lease, once. A later call returns the same task, or retries after a failure.</summary>
    public Task AcquireLeaseAsync()
    {
        lock (_gate)
        {
            if (_acquiring is null or { IsFaulted: true })
                _acquiring = AcquireLeaseOnceAsync();
            return _acquiring;
        }
    }

    /// <summary>Opens a room for a subscriber. The subscriber has received the snapshot when the task completes.</summary>
    public async Task<IRoomLog> OpenAsync(string name, IRoomSubscriber subscriber)
    {
        await AcquireLeaseAsync().ConfigureAwait(false);
        OpenRoom? room;
        RoomFeed feed;
        Task<RoomSnapshot> opening;
        lock (_gate)
        {
            if (_isLost)
                throw new RoomStoreException("This node has lost its lease.", isOutcomeUnknown: false);
            if (!_rooms.TryGetValue(name, out room))
                _rooms.Add(name, room = new OpenRoom(name, this));
            // The feed queues events from here on.
            room.Add(feed = new RoomFeed(room, subscriber));
            opening = room.ReadSnapshotAsync();
        }

        try
        {
            feed.Begin(await opening.ConfigureAwait(false));
        }
        catch
        {
            feed.End();
            await CloseAsync(room, feed).ConfigureAwait(false);
            throw;
        }

        return new RedisRoomLog(this, room, feed);
    }

    /// <summary>Ends a subscription. After the last one, the node no longer receives the room's events.</summary>
    public async Task CloseAsync(OpenRoom room, RoomFeed feed)
    {
        Task closing;
        lock (_gate)
        {
            if (!room.Remove(feed) || _isLost)
                return;
            _rooms.Remove(room.Name);
            closing = room.CloseAsync();
        }

        try
        {
            await closing.ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            // The node continues to receive the closed room's events until its lease ends. It drops them.
        }
    }

    /// <summary>Compares the delivered positions with the ends of the logs, in one pipeline. Redis replies only for rooms that differ.</summary>
    public Task CompareAsync() => Task.WhenAll(Rooms().Chunk(RoomsAtOnce).Select(CompareAsync));

    private async Task CompareAsync(OpenRoom[] rooms)
    {
        var since = rooms.Select(static room => room.Feeds).Select(static feeds => (Feeds: feeds, Positions: feeds.Select(static feed => feed.Position).ToArray())).ToArray();
        var keys = Array.ConvertAll(rooms, static room => room.Keys.State);
        var differing = await Node.Store.Scripts.RunAsync(Script.Heads, _number, keys, Array.ConvertAll(since, static each => RedisReply.Head(each.Positions))).ConfigureAwait(false);
        if (differing.Length > 0)
            await Task.Delay(_transitTime + Node.Store.Settings.Options.DeliveryInterval, Node.Store.Time).ConfigureAwait(false);
        for (var i = 0; i < differing.Length; i += 4)
        {
            var place = (int)RedisReply.Number(differing[i]);
            var head = differing[i + 1].IsNull || ((string)differing[i + 1]!).Length == 0 ? default : RedisReply.Position(differing, i + 1);
            var isMissing = false;
            foreach (var (feed, before) in since[place].Feeds.Zip(since[place].Positions))
                isMissing |= feed.Compare(head, before);
            if (isMissing)
                AddListener(rooms[place]);
        }
    }

    /// <inheritdoc cref="NodeChannel.Probe"/>
    public bool Probe() => _channel.Probe();

    /// <inheritdoc cref="NodeChannel.SubscribeAgainAsync"/>
    public Task SubscribeAgainAsync(ISubscriber subscriber) => _channel.SubscribeAgainAsync(subscriber);

    /// <summary>Repeats the latest changes of rosters, which a failover may have lost.</summary>
    public Task RestoreAsync() => RecentPresence.RepeatAsync((room, change) => Find(room).RepeatAsync(change));

    /// <summary>Makes all open rooms read their logs, because notifications may have been lost.</summary>
    public void OnMissed()
    {
        foreach (var room in Rooms())
        {
            foreach (var feed in room.Feeds)
                feed.OnMissed();
        }
    }

    /// <summary>Ends all rooms, because the lease is lost.</summary>
    public void Lose(Exception cause)
    {
        OpenRoom[] rooms;
        lock (_gate)
        {
            _isLost = true;
            rooms = [.. _rooms.Values];
            _rooms.Clear();
        }

        foreach (var room in rooms)
        {
            foreach (var feed in room.Feeds)
                feed.Lose(cause);
        }

        Leave();
    }

    /// <summary>Unsubscribes from the channel.</summary>
    public void Leave() => _channel.Leave();

    private OpenRoom Find(string room)
    {
        lock (_gate)
            return _rooms.GetValueOrDefault(room) ?? new OpenRoom(room, this);
    }

    private OpenRoom[] Rooms()
    {
        lock (_gate)
            return [.. _rooms.Values];
    }

    /// <summary>Adds the node to the room's listeners again, because a delayed <c>close</c> script may have removed it.</summary>
    private void AddListener(OpenRoom room)
    {
        lock (_gate)
        {
            if (_isLost || !_rooms.ContainsKey(room.Name))
                return;
            Node.Store.Database.SetAdd(Node.Store.Keys.Holdings(_number, Node.Id), room.Name, CommandFlags.FireAndForget);
            Node.Store.Database.SetAdd(room.Keys.Nodes, Node.Id, CommandFlags.FireAndForget);
        }
    }

    private async Task AcquireLeaseOnceAsync()
    {
        try
        {
            await _channel.SubscribeAsync().ConfigureAwait(false);
            var reply = await Node.Store.Scripts.RunAsync(Script.LeaseAcquire, _number, Node.Store.Keys.LeaseKeys(_number), [Node.Id, Node.Store.Settings.NodeLease]).ConfigureAwait(false);
            Node.OnReplicationId(_number, reply[1]);
            _hasLease = true;
        }
        catch (Exception e)
        {
            throw RedisErrors.Translate(e);
        }
    }

    private void OnMessage(byte[] message)
    {
        if (Read(message) is not { } notification)
            return;
        RoomNotification? run;
        // While the connection is replaced, the old and the new one can both deliver messages.
        lock (_run)
        {
            if (_run.TryAdd(notification))
                return;
            run = _run.Take();
            _run.TryAdd(notification);
        }

        Deliver(run);
    }

    private void OnPause()
    {
        RoomNotification? run;
        lock (_run)
            run = _run.Take();
        Deliver(run);
    }

    /// <returns>Null if the message cannot be decoded.</returns>
    private RoomNotification? Read(byte[] message)
    {
        try
        {
            return RoomNotification.Read(message);
        }
        catch (Exception e) when (e is RoomStoreException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // A server of a newer version may have appended an event of an unknown kind. The next comparison with the end of the log finds the gap.
            RedisLog.NotificationUnreadable(Node.Store.Logger, e);
            return null;
        }
    }

    private void Deliver(RoomNotification? notification)
    {
        if (notification is null)
            return;
        OpenRoom? room;
        lock (_gate)
            _rooms.TryGetValue(notification.Room, out room);
        if (room is null)
            return;
        foreach (var feed in room.Feeds)
            feed.OnNotified(notification);
    }
}
