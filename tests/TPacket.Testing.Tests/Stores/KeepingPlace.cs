using TPacket.Server;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Testing.Tests.Stores;

/// <summary>The data of <see cref="KeepingStore"/>s: stands in for a file or a database, and outlives the stores.</summary>
internal sealed class KeepingPlace(TimeProvider time)
{
    private readonly Dictionary<string, (InMemoryRoomLog Log, RecordingSubscriber Subscriber, InMemorySubscription Subscription)> _rooms = new(StringComparer.Ordinal);
    private readonly TPacketServerOptions _options = new();

    /// <summary>Returns the log of a room, and creates it if it does not exist.</summary>
    public InMemoryRoomLog Get(string room)
    {
        lock (_rooms)
        {
            if (_rooms.TryGetValue(room, out var kept))
                return kept.Log;
            var (log, subscriber) = (new InMemoryRoomLog(_options.HistoryBytes, _options.HistoryMessages, time), new RecordingSubscriber());
            var subscription = new InMemorySubscription(subscriber);
            log.Subscribe(subscription);
            _rooms.Add(room, (log, subscriber, subscription));
            return log;
        }
    }

    /// <summary>Returns the rooms with wake-ups, the earliest first.</summary>
    public RoomWake[] Wakes()
    {
        lock (_rooms)
            return [.. _rooms.Where(static entry => entry.Value.Log.WakeAt is not null).Select(static entry => new RoomWake(entry.Key, entry.Value.Log.WakeAt!.Value)).OrderBy(static wake => wake.At)];
    }

    /// <summary>Appends that the members of the ended server have left.</summary>
    /// <param name="twice">Whether each leaves a second time, which is a fault.</param>
    public void Sweep(bool twice = false)
    {
        foreach (var (log, subscriber, _) in _rooms.Values)
        {
            foreach (var member in subscriber.Members)
            {
                log.Append(new RoomAppend(RoomEvent.Left(member, LeaveCause.NodeLost)));
                if (!twice)
                    continue;
                log.Append(new RoomAppend(RoomEvent.Joined(member)));
                log.Append(new RoomAppend(RoomEvent.Left(member, LeaveCause.NodeLost)));
            }
        }
    }

    /// <summary>Drops every room without subscriptions.</summary>
    public void Forget()
    {
        lock (_rooms)
        {
            foreach (var (room, (log, _, subscription)) in _rooms.ToArray())
            {
                if (log.Unsubscribe(subscription))
                    _rooms.Remove(room);
                else
                    log.Subscribe(subscription);
            }
        }
    }
}
