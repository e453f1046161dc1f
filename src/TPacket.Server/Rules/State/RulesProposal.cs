using TPacket.Protocol;

namespace TPacket.Server.Rules.State;

/// <summary>A decision of rules, ready to be appended. Only the members of its kind are set.</summary>
/// <param name="Kind">The kind of decision.</param>
/// <param name="Append">The events, the condition under which they are valid, and the checkpoint after them.</param>
/// <param name="Why">The reason of a refusal.</param>
/// <param name="Code">The code of the refusal.</param>
/// <param name="Error">The exception of the rules.</param>
internal readonly record struct RulesProposal(RulesProposalKind Kind, RoomAppend Append = default, string? Why = null, PacketErrorCode Code = default, Exception? Error = null)
{
    /// <summary>The work that the rules need before they can decide.</summary>
    public RulesWork? Work { get; init; }

    /// <summary>
    /// The wake-up time after the events, in milliseconds since the Unix epoch, provided that the store gives the events
    /// the time of the decision. For <see cref="RulesProposalKind.Work"/>, the present wake-up time. Null for never.
    /// </summary>
    public long? WakeAt { get; init; }

    public static RulesProposal Nothing => new(RulesProposalKind.Nothing);

    public static RulesProposal Refuse(string why, PacketErrorCode code) => new(RulesProposalKind.Refuse, Why: why, Code: code);

    public static RulesProposal Fail(Exception error) => new(RulesProposalKind.Fail, Error: error);
}
