using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The rooms of one partition that a node has open, and the channel by which it is notified of their events.</summary>
internal sealed class NodePartition
{
    // Redis serves nobody else while it compares them.
    private const int RoomsAtOnce = 256;

    // What was appended just now is on its way.
    private static readonly TimeSpan _way = TimeSpan.FromMilliseconds(100);

    private readonly int _number;
    private readonly NodeChannel _channel;
    private readonly NotificationRun _run = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenRoom> _rooms = new(StringComparer.Ordinal);
    private Task? _entering;
    private volatile bool _isEntered;
    private bool _isLost;

    public NodePartition(Node node, int number)
    {
        Node = node;
        _number = number;
        _channel = new NodeChannel(node, number, node.Store.Settings.Options.DeliveryInterval, OnMessage, OnPause, OnMissed);
        RecentPresence = new RecentPresence(node.Store.Time);
    }

    public Node Node { get; }

    /// <summary>The latest changes of rosters that the node has appended.</summary>
    public RecentPresence RecentPresence { get; }

    /// <summary>Whether the node has a lease in the partition.</summary>
    public bool IsEntered => _isEntered;

    /// <summary>Takes a lease in the partition and subscribes to its channel, for whoever comes first.</summary>
    public Task EnterAsync()
    {
        lock (_gate)
        {
            if (_entering is null or { IsFaulted: true })
                _entering = EnterOnceAsync();
            return _entering;
        }
    }

    /// <summary>Opens a room for a subscriber, which gets the snapshot before the task completes.</summary>
    public async Task<IRoomLog> OpenAsync(string name, IRoomSubscriber subscriber)
    {
        await EnterAsync().ConfigureAwait(false);
        OpenRoom? room;
        RoomFeed feed;
        Task<RoomSnapshot> opening;
        lock (_gate)
        {
            if (_isLost)
                throw new RoomStoreException("This node has lost its lease.", isOutcomeUnknown: false);
            if (!_rooms.TryGetValue(name, out room))
                _rooms.Add(name, room = new OpenRoom(name, this));
            // From here on events wait for it.
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

    /// <summary>Ends a subscription. The node receives a room's events no more after the last one.</summary>
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
            // The node receives events of a room that it does not have, until its lease ends.
        }
    }

    /// <summary>Compares what was delivered with the ends of the logs, in one pipeline. Redis answers only for rooms whose log ends elsewhere.</summary>
    public Task CompareAsync() => Task.WhenAll(Rooms().Chunk(RoomsAtOnce).Select(CompareAsync));

    private async Task CompareAsync(OpenRoom[] rooms)
    {
        var since = rooms.Select(static room => room.Feeds).Select(static feeds => (Feeds: feeds, Positions: feeds.Select(static feed => feed.Position).ToArray())).ToArray();
        var keys = Array.ConvertAll(rooms, static room => room.Keys.State);
        var differing = await Node.Store.Scripts.RunAsync(Script.Heads, _number, keys, Array.ConvertAll(since, static each => RedisReply.Head(each.Positions))).ConfigureAwait(false);
        if (differing.Length > 0)
            await Task.Delay(_way + Node.Store.Settings.Options.DeliveryInterval, Node.Store.Time).ConfigureAwait(false);
        for (var i = 0; i < differing.Length; i += 4)
        {
            var place = (int)RedisReply.Number(differing[i]);
            var head = differing[i + 1].IsNull || ((string)differing[i + 1]!).Length == 0 ? default : RedisReply.Position(differing, i + 1);
            var isMissing = false;
            foreach (var (feed, before) in since[place].Feeds.Zip(since[place].Positions))
                isMissing |= feed.Compare(head, before);
            if (isMissing)
                Enlist(rooms[place]);
        }
    }

    /// <inheritdoc cref="NodeChannel.Probe"/>
    public bool Probe() => _channel.Probe();

    /// <inheritdoc cref="NodeChannel.SubscribeAgainAsync"/>
    public Task SubscribeAgainAsync(ISubscriber subscriber) => _channel.SubscribeAgainAsync(subscriber);

    /// <summary>Appends the latest changes of rosters once more, which a failover may have lost.</summary>
    public Task AssertAsync() => RecentPresence.RepeatAsync((room, change) => Find(room).RepeatAsync(change));

    /// <summary>Events may have come that the node was not notified of.</summary>
    public void OnMissed()
    {
        foreach (var room in Rooms())
        {
            foreach (var feed in room.Feeds)
                feed.OnMissed();
        }
    }

    /// <summary>The lease is gone, and with it every room.</summary>
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

    /// <summary>Ends the subscription to the channel.</summary>
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

    /// <summary>The node may not be among those that are notified: a script that came too late has removed it.</summary>
    private void Enlist(OpenRoom room)
    {
        lock (_gate)
        {
            if (_isLost || !_rooms.ContainsKey(room.Name))
                return;
            Node.Store.Database.SetAdd(Node.Store.Keys.Holdings(_number, Node.Id), room.Name, CommandFlags.FireAndForget);
            Node.Store.Database.SetAdd(room.Keys.Nodes, Node.Id, CommandFlags.FireAndForget);
        }
    }

    private async Task EnterOnceAsync()
    {
        try
        {
            await _channel.SubscribeAsync().ConfigureAwait(false);
            var entered = await Node.Store.Scripts.RunAsync(Script.Enter, _number, Node.Store.Keys.LeaseKeys(_number), [Node.Id, Node.Store.Settings.NodeLease]).ConfigureAwait(false);
            Node.OnSource(_number, entered[1]);
            _isEntered = true;
        }
        catch (Exception e)
        {
            throw Failures.Translate(e);
        }
    }

    private void OnMessage(byte[] message)
    {
        if (Read(message) is not { } notification)
            return;
        RoomNotification? run;
        // Two connections bring messages while one takes the other's place.
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

    /// <returns>Null for a message that cannot be read.</returns>
    private RoomNotification? Read(byte[] message)
    {
        try
        {
            return RoomNotification.Read(message);
        }
        catch (Exception e) when (e is RoomStoreException or ArgumentException or FormatException)
        {
            // A server of a newer version has appended something that is not known here. The comparison of the room's end finds the gap, and its reading fails.
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
