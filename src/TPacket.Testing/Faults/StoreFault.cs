namespace TPacket.Testing;

/// <summary>The faults of stores that the contract allows.</summary>
public enum StoreFault
{
    /// <summary>A call takes up to <see cref="FaultPlan.ShortDelay"/>.</summary>
    Slow,

    /// <summary>A call has no effect, and throws a <see cref="Server.RoomStoreException"/> with a known outcome.</summary>
    Failed,

    /// <summary>A call has no effect, and throws an exception that leaves the outcome unknown.</summary>
    RequestLost,

    /// <summary>A call takes effect, and then throws an exception that leaves the outcome unknown.</summary>
    AnswerLost,

    /// <summary>A call takes from <see cref="FaultPlan.ShortDelay"/> to <see cref="FaultPlan.LongDelay"/>, and takes effect.</summary>
    Late,

    /// <summary>A call hangs until <see cref="FaultPlan.Heal"/>; then it takes effect or fails.</summary>
    Hung,

    /// <summary>Events reach a subscriber up to <see cref="FaultPlan.LongDelay"/> late, in one call with the next events.</summary>
    DeliveryDelayed,

    /// <summary>A subscription continues with a snapshot instead of events.</summary>
    SubscriptionReset,

    /// <summary>A subscription ends.</summary>
    SubscriptionLost,
}
