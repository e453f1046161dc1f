using TPacket.Server.Rooms.Replay;

namespace TPacket.Server.Sessions;

/// <summary>
/// The bytes of missed events that the server has sent to a resumed client, and that the client may not have read.
/// The bytes count for the <see cref="ReplayBudget"/>. Thread-safe; a field that is never copied.
/// </summary>
internal struct UnreadReplay
{
    private int _bytes;

    public readonly bool IsEmpty => Volatile.Read(in _bytes) == 0;

    /// <summary>Adds bytes that are about to be sent.</summary>
    public void Add(ReplayBudget budget, int bytes)
    {
        budget.Hold(bytes);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Returns all bytes to the budget: the client has read them, or its connection has ended.</summary>
    public void Release(ReplayBudget budget) => budget.Return(Interlocked.Exchange(ref _bytes, 0));
}
