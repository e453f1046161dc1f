using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Rooms;

/// <summary>The observers of all rooms.</summary>
internal sealed class RoomObservers(IServiceProvider services, IOptions<TPacketServerOptions> options, TimeProvider timeProvider, ILogger<RoomObservers> logger)
{
    private ObserverFeed[] _feeds = [];

    /// <summary>Creates the observers: after the rooms, whose directory an observer may ask for, and before any room is opened.</summary>
    public void Create() => _feeds = [.. services.GetServices<IRoomObserver>().Select(observer => new ObserverFeed(observer, options.Value, timeProvider, logger))];

    /// <summary>Begins to tell of a room; null where nobody listens.</summary>
    public RoomObservation? Observe(IRoom room) => _feeds.Length == 0 ? null : new RoomObservation(room, _feeds);
}
