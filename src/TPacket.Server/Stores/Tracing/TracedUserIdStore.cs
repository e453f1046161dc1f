using TPacket.Server.Diagnostics;

namespace TPacket.Server.Stores;

/// <summary>The store of users' ids, with an activity around each call where anybody listens.</summary>
internal sealed class TracedUserIdStore(IUserIdStore store, ServerActivities activities) : IUserIdStore
{
    public ValueTask<UserIdBlock> ReserveAsync(int count) => activities.HasListeners
        ? activities.CallAsync(store, "reserve", "ids", (store, count), static s => s.store.ReserveAsync(s.count))
        : store.ReserveAsync(count);
}
