using TPacket.Server;

namespace TPacket.Testing.Faults;

/// <summary>Applies faults to calls.</summary>
internal static class FaultyCall
{
    /// <summary>Applies the part of a fault before the call takes effect.</summary>
    /// <exception cref="RoomStoreException">The call fails, and says that it had no effect.</exception>
    /// <exception cref="IOException">The call fails, without more information.</exception>
    public static async Task BeginAsync(FaultPlan plan, StoreFault? fault, string room, long caller, long number)
    {
        if (fault is null or StoreFault.AnswerLost)
            return;
        plan.Record(fault.Value);
        switch (fault)
        {
            case StoreFault.Failed:
                throw new RoomStoreException("The store is unavailable.", isOutcomeUnknown: false);
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
                if (plan.TossCoin(room, caller, number))
                    throw new IOException("The store was hung and has restarted.");
                break;
        }
    }

    public static IOException AnswerLost(FaultPlan plan)
    {
        plan.Record(StoreFault.AnswerLost);
        return new IOException("The connection to the store was lost before the answer.");
    }
}
