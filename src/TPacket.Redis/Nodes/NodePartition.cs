using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The rooms of one partition that a node has open, and the channel by which it is notified of their events.</summary>
internal sealed class NodePartition(Node node, int number)
{
    // Redis serves nobody else while it compares them.
    private const int RoomsAtOnce = 256;

    // What was appended just now is on its way.
    private static readonly TimeSpan _way = TimeSpan.FromMilliseconds(100);

    private static readonly RedisValue _probe = "p";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenRoom> _rooms = new(StringComparer.Ordinal);
    private Task? _entering;
    private volatile bool _isEntered;
    private ChannelMessageQueue? _channel;
    private bool _isLost;

    // When a probe was published that has not come back; 0 for none.
    private long _probedAt;

    public Node Node => node;

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
        var differing = await node.Store.Scripts.RunAsync(Script.Heads, number, keys, Array.ConvertAll(since, static each => RedisReply.Head(each.Positions))).ConfigureAwait(false);
        if (differing.Length > 0)
            await Task.Delay(_way + node.Store.Settings.Options.DeliveryInterval, node.Store.Time).ConfigureAwait(false);
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

    /// <summary>Publishes a probe to the node itself: a connection for notifications can look alive and be dead.</summary>
    /// <returns>Whether an earlier probe has not come back in time.</returns>
    public bool Probe()
    {
        var now = node.Store.Time.GetTimestamp();
        var probedAt = Volatile.Read(ref _probedAt);
        if (probedAt != 0)
            return node.Store.Time.GetElapsedTime(probedAt, now) > node.Store.Settings.ProbeTimeout;
        Volatile.Write(ref _probedAt, now);
        node.Store.Database.Publish(Channel, _probe, CommandFlags.FireAndForget);
        return false;
    }

    /// <summary>Subscribes on another connection, and reads what was missed between the two.</summary>
    public async Task SubscribeAgainAsync(ISubscriber subscriber)
    {
        var channel = await subscriber.SubscribeAsync(Channel).ConfigureAwait(false);
        lock (_gate)
            _channel = channel;
        Volatile.Write(ref _probedAt, 0);
        _ = ReceiveAsync(channel);
        OnMissed();
    }

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
    public void Leave() => _channel?.Unsubscribe(CommandFlags.FireAndForget);

    // Sharded: its traffic stays on the shard of the partition.
    private RedisChannel Channel => RedisChannel.Sharded(node.Store.Keys.Channels(number) + node.Id);

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
            node.Store.Database.SetAdd(node.Store.Keys.Holdings(number, node.Id), room.Name, CommandFlags.FireAndForget);
            node.Store.Database.SetAdd(room.Keys.Nodes, node.Id, CommandFlags.FireAndForget);
        }
    }

    private async Task EnterOnceAsync()
    {
        try
        {
            _channel ??= await node.Store.Subscriber.SubscribeAsync(Channel).ConfigureAwait(false);
            await node.Store.Scripts.RunAsync(Script.Enter, number, node.Store.Keys.LeaseKeys(number), [node.Id, node.Store.Settings.NodeLease]).ConfigureAwait(false);
            if (!_isEntered)
                _ = ReceiveAsync(_channel);
            _isEntered = true;
        }
        catch (Exception e)
        {
            throw Failures.Translate(e);
        }
    }

    private async Task ReceiveAsync(ChannelMessageQueue channel)
    {
        var run = new NotificationRun();
        var (time, interval) = (node.Store.Time, node.Store.Settings.Options.DeliveryInterval);
        var isFirst = true;
        var deliveredAt = 0L;
        try
        {
            while (true)
            {
                var message = await channel.ReadAsync().ConfigureAwait(false);
                if (interval > TimeSpan.Zero && !isFirst && interval - time.GetElapsedTime(deliveredAt) is { Ticks: > 0 } left)
                    await Task.Delay(left, time).ConfigureAwait(false);
                if (IsFlooded(channel))
                {
                    var dropped = 1;
                    while (channel.TryRead(out message))
                        dropped++;
                    node.Store.Metrics.Dropped(dropped);
                    OnMissed();
                }
                else
                {
                    do
                    {
                        if (Read((byte[])message.Message!) is not { } notification || run.TryAdd(notification))
                            continue;
                        Deliver(run.Take());
                        run.TryAdd(notification);
                    }
                    while (!IsFlooded(channel) && channel.TryRead(out message));
                    Deliver(run.Take());
                    (isFirst, deliveredAt) = (false, interval > TimeSpan.Zero ? time.GetTimestamp() : 0);
                }
            }
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // The node has left the partition.
        }
    }

    private bool IsFlooded(ChannelMessageQueue channel) => channel.TryGetCount(out var waiting) && waiting > node.Store.Settings.Options.QueueMessages;

    /// <returns>Null for a probe, and for what cannot be read.</returns>
    private RoomNotification? Read(byte[] message)
    {
        if (message.Length == 1)
        {
            Volatile.Write(ref _probedAt, 0);
            return null;
        }

        try
        {
            return RoomNotification.Read(message);
        }
        catch (Exception e) when (e is RoomStoreException or ArgumentException or FormatException)
        {
            // A server of a newer version has appended something that is not known here. The comparison of the room's end finds the gap, and its reading fails.
            RedisLog.NotificationUnreadable(node.Store.Logger, e);
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
