using TPacket.Server;
using TPacket.Server.Stores;

namespace TPacket.Testing.Tests.Stores;

/// <summary>Where a <see cref="KeepingStore"/> keeps rooms: stands in for a file or a database, and outlives the stores that use it.</summary>
internal sealed class KeepingPlace(TimeProvider time)
{
    private readonly Dictionary<string, (InMemoryRoomLog Log, RecordingSubscriber Subscriber, InMemorySubscription Subscription)> _rooms = new(StringComparer.Ordinal);
    private readonly TPacketServerOptions _options = new();

    /// <summary>The log of a room, which is created where the place does not have it.</summary>
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

    /// <summary>The rooms whose rules want to be woken, the earliest first.</summary>
    public RoomWake[] Wakes()
    {
        lock (_rooms)
            return [.. _rooms.Where(static entry => entry.Value.Log.WakeAt is not null).Select(static entry => new RoomWake(entry.Key, entry.Value.Log.WakeAt!.Value)).OrderBy(static wake => wake.At)];
    }

    /// <summary>The members of a server that is gone leave its rooms.</summary>
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

    /// <summary>Loses every room that nobody has open.</summary>
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
