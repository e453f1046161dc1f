namespace TPacket.Testing;

/// <summary>A way in which a store may fail a server without breaking its contract.</summary>
public enum StoreFault
{
    /// <summary>A call is answered late, by <see cref="FaultPlan.ShortDelay"/> at most.</summary>
    Slow,

    /// <summary>A call throws a <see cref="Server.RoomStoreException"/> that says that it has had no effect.</summary>
    Failed,

    /// <summary>A call throws, has had no effect, and does not say so.</summary>
    RequestLost,

    /// <summary>A call takes effect, and throws.</summary>
    AnswerLost,

    /// <summary>A call takes effect and is answered between <see cref="FaultPlan.ShortDelay"/> and <see cref="FaultPlan.LongDelay"/> later.</summary>
    Late,

    /// <summary>A call does nothing before <see cref="FaultPlan.Heal"/>; then it takes effect, or fails.</summary>
    Hung,

    /// <summary>Events reach a subscriber late, by <see cref="FaultPlan.LongDelay"/> at most, and in one call with those behind them.</summary>
    DeliveryDelayed,

    /// <summary>A subscription continues from a snapshot in place of events.</summary>
    SubscriptionReset,

    /// <summary>A subscription ends.</summary>
    SubscriptionLost,
}
