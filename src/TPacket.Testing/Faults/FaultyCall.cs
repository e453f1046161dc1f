using TPacket.Server;

namespace TPacket.Testing;

/// <summary>The faults of a call.</summary>
internal static class FaultyCall
{
    /// <summary>Does what a fault does before the call takes effect.</summary>
    /// <exception cref="RoomStoreException">The call fails and says so.</exception>
    /// <exception cref="IOException">The call fails and does not say more.</exception>
    public static async Task BeginAsync(FaultPlan plan, StoreFault? fault, string room, long caller, long number)
    {
        if (fault is null or StoreFault.AnswerLost)
            return;
        plan.Happened(fault.Value);
        switch (fault)
        {
            case StoreFault.Failed:
                throw new RoomStoreException("The store is away.", isOutcomeUnknown: false);
            case StoreFault.RequestLost:
                throw new IOException("The connection to the store was lost.");
            case StoreFault.Slow:
                await plan.DelayAsync(TimeSpan.Zero, plan.ShortDelay, room, caller, number).ConfigureAwait(false);
                break;
            case StoreFault.Late:
                await plan.DelayAsync(plan.ShortDelay, plan.LongDelay, room, caller, number).ConfigureAwait(false);
                break;
            default:
                await plan.WaitForHealAsync().ConfigureAwait(false);
                if (plan.Tosses(room, caller, number))
                    throw new IOException("The store was stuck and has started again.");
                break;
        }
    }

    public static IOException AnswerLost(FaultPlan plan)
    {
        plan.Happened(StoreFault.AnswerLost);
        return new IOException("The connection to the store was lost before the answer.");
    }
}
