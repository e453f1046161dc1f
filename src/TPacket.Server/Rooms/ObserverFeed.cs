using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>The way from the rooms to one observer.</summary>
internal sealed class ObserverFeed(IRoomObserver observer, TPacketServerOptions options, TimeProvider timeProvider, ILogger logger)
{
    private readonly ConcurrentDictionary<string, ObservationQueue> _queues = new(StringComparer.Ordinal);

    public void Add(in Observation observation)
    {
        while (!_queues.GetOrAdd(observation.Room.Name, static (name, feed) => feed.CreateQueue(name), this).TryAdd(observation))
        {
            // Its queue is over and about to be taken out.
        }
    }

    public void Remove(string name, ObservationQueue queue) => _queues.TryRemove(KeyValuePair.Create(name, queue));

    public async ValueTask TellAsync(Observation observation)
    {
        try
        {
            var telling = observation.TellAsync(observer);
            if (!telling.IsCompletedSuccessfully)
                await telling.AsTask().WaitAsync(options.ObserverTimeout, timeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RoomLog.ObserverFailed(logger, e, observation.Room.Name, observer.GetType());
        }
    }

    private ObservationQueue CreateQueue(string name) => new(name, this, options.ObserverQueueEvents);
}
