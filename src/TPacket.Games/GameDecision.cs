using TPacket.Protocol;

namespace TPacket.Games;

/// <summary>The decision about an action.</summary>
/// <param name="Action">The event to append; null if the action is refused.</param>
/// <param name="Why">The reason of a refusal; null if the action is accepted.</param>
/// <param name="Code">The code of a refusal.</param>
/// <param name="NotAfter">The last time at which the event may be appended, in milliseconds since the Unix epoch; null for any.</param>
internal readonly record struct GameDecision<TMove>(GameAction<TMove>? Action, string? Why = null, PacketErrorCode Code = default, long? NotAfter = null)
    where TMove : notnull
{
    public static implicit operator GameDecision<TMove>(GameAction<TMove> action) => new(action);

    public static implicit operator GameDecision<TMove>((PacketErrorCode Code, string Why) refusal) => new(null, refusal.Why, refusal.Code);
}
