using TPacket.Protocol;

namespace TPacket.Games;

/// <summary>The decision about an action.</summary>
/// <param name="Action">What happens; null where the action is refused.</param>
/// <param name="Why">Why it is refused.</param>
/// <param name="Code">The code of the refusal.</param>
/// <param name="NotAfter">The last moment at which it may happen, in milliseconds since the Unix epoch.</param>
internal readonly record struct GameDecided<TMove>(GameAction<TMove>? Action, string? Why = null, PacketErrorCode Code = default, long? NotAfter = null)
    where TMove : notnull
{
    public static implicit operator GameDecided<TMove>(GameAction<TMove> action) => new(action);

    public static implicit operator GameDecided<TMove>((PacketErrorCode Code, string Why) refusal) => new(null, refusal.Why, refusal.Code);
}
