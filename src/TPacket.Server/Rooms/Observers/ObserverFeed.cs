using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms.Observers;

/// <summary>Notifies one observer of the events of all rooms.</summary>
internal sealed class ObserverFeed(IRoomObserver observer, TPacketServerOptions options, TimeProvider timeProvider, ILogger logger)
{
    private readonly ConcurrentDictionary<string, ObservationQueue> _queues = new(StringComparer.Ordinal);

    public void Add(in Observation observation)
    {
        while (!_queues.GetOrAdd(observation.Room.Name, static (name, feed) => feed.CreateQueue(name), this).TryAdd(observation))
        {
            // The queue has ended and is about to be removed.
        }
    }

    public void Remove(string name, ObservationQueue queue) => _queues.TryRemove(KeyValuePair.Create(name, queue));

    public async ValueTask NotifyAsync(Observation observation)
    {
        try
        {
            var call = observation.NotifyAsync(observer);
            if (!call.IsCompletedSuccessfully)
                await call.AsTask().WaitAsync(options.ObserverTimeout, timeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RoomLog.ObserverFailed(logger, e, observation.Room.Name, observer.GetType());
        }
    }

    private ObservationQueue CreateQueue(string name) => new(name, this, options.ObserverQueueEvents);
}
