using TPacket.Server.Diagnostics;

namespace TPacket.Server.Stores.Tracing;

/// <summary>Wraps the session store, and records each call as an activity if there are listeners.</summary>
internal sealed class TracedSessionStore(ISessionStore store, ServerActivities activities) : ISessionStore
{
    public bool IsShared => store.IsShared;

    public ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed) => activities.HasListeners
        ? activities.CallAsync(store, "take_over", "sessions", (store, isServed), static s => s.store.TakeOverAsync(s.isServed))
        : store.TakeOverAsync(isServed);

    public ValueTask<bool> AddAsync(SessionRecord session) => activities.HasListeners
        ? activities.CallAsync(store, "add", "session", (store, session), static s => s.store.AddAsync(s.session))
        : store.AddAsync(session);

    public ValueTask<bool> UpdateAsync(SessionRecord session) => activities.HasListeners
        ? activities.CallAsync(store, "update", "session", (store, session), static s => s.store.UpdateAsync(s.session))
        : store.UpdateAsync(session);

    public ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim) => activities.HasListeners
        ? activities.CallAsync(store, "resume", "session", (store, claim), static s => s.store.ResumeAsync(s.claim))
        : store.ResumeAsync(claim);

    public ValueTask<bool> EndAsync(long number, int generation) => activities.HasListeners
        ? activities.CallAsync(store, "end", "session", (store, number, generation), static s => s.store.EndAsync(s.number, s.generation))
        : store.EndAsync(number, generation);
}
