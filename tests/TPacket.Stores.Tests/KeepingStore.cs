using TPacket.Server;

namespace TPacket.Stores.Tests;

/// <summary>A store whose rooms stay without subscriptions, and for the next store of the same place.</summary>
internal sealed class KeepingStore(KeepingPlace place) : IRoomStore
{
    public KeepingPlace Place => place;

    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        place.Keep(room);
        return await place.Logs.OpenAsync(room, subscriber, cancellationToken);
    }
}
