using TPacket.Server.Diagnostics;

namespace TPacket.Server.Stores.Tracing;

/// <summary>Wraps the store of user ids, and records each call as an activity if there are listeners.</summary>
internal sealed class TracedUserIdStore(IUserIdStore store, ServerActivities activities) : IUserIdStore
{
    public ValueTask<UserIdBlock> ReserveAsync(int count) => activities.HasListeners
        ? activities.CallAsync(store, "reserve", "ids", (store, count), static s => s.store.ReserveAsync(s.count))
        : store.ReserveAsync(count);
}
