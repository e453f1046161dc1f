using System.Collections.Concurrent;
using TPacket.Server;
using TPacket.Testing.Faults;

namespace TPacket.Testing;

/// <summary>
/// Wraps a room store and injects the faults of a <see cref="FaultPlan"/>. The store keeps to the contract of <see cref="IRoomStore"/>:
/// appends of one author take effect in the order of the calls, and a subscriber receives each event once and in order, or a snapshot instead. Thread-safe.
/// </summary>
/// <param name="inner">The wrapped store.</param>
/// <param name="plan">The faults.</param>
public sealed class FaultyRoomStore(IRoomStore inner, FaultPlan plan) : IRoomStore
{
    private const long Opening = -1;
    private const long Waking = -4;

    private readonly ConcurrentDictionary<string, int> _opened = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Room, int Id), FaultyRoomLog.Author> _authors = new();
    private int _wakes;

    /// <inheritdoc/>
    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var number = _opened.AddOrUpdate(room, 0, static (_, last) => last + 1);
        var fault = plan.OfCall(room, Opening, number);
        await FaultyCall.BeginAsync(plan, fault, room, Opening, number).ConfigureAwait(false);
        var subscription = new FaultySubscription(inner, plan, room, number, subscriber);
        var log = new FaultyRoomLog(await inner.OpenAsync(room, subscription, cancellationToken).ConfigureAwait(false), plan, room, subscription, _authors);
        if (fault != StoreFault.AnswerLost)
            return log;
        await log.CloseAsync().ConfigureAwait(false);
        throw FaultyCall.AnswerLost(plan);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _wakes);
        var fault = plan.OfCall("", Waking, number);
        await FaultyCall.BeginAsync(plan, fault, "", Waking, number).WaitAsync(cancellationToken).ConfigureAwait(false);
        var wakes = await inner.ReadWakesAsync(before, maxRooms, cancellationToken).ConfigureAwait(false);
        return fault == StoreFault.AnswerLost ? throw FaultyCall.AnswerLost(plan) : wakes;
    }
}
