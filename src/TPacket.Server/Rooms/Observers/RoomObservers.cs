using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Rooms.Observers;

/// <summary>Creates the observers and connects rooms with them.</summary>
internal sealed class RoomObservers(IServiceProvider services, IOptions<TPacketServerOptions> options, TimeProvider timeProvider, ILogger<RoomObservers> logger)
{
    private ObserverFeed[] _feeds = [];

    /// <summary>
    /// Creates the observers. Called before any room is opened, and after the directory of rooms is created, because an observer may depend on the directory.
    /// </summary>
    public void Create() => _feeds = [.. services.GetServices<IRoomObserver>().Select(observer => new ObserverFeed(observer, options.Value, timeProvider, logger))];

    /// <summary>Starts the observation of a room. Returns null if the host has no observers.</summary>
    public RoomObservation? Observe(IRoom room) => _feeds.Length == 0 ? null : new RoomObservation(room, _feeds);
}
