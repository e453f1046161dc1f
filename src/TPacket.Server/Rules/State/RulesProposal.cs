using TPacket.Protocol;

namespace TPacket.Server.Rules;

/// <summary>A decision of rules, ready to be appended. Of the members only those of its kind are set.</summary>
/// <param name="Kind">What was decided.</param>
/// <param name="Append">The events, the condition under which they were decided, and the checkpoint behind them.</param>
/// <param name="Why">Why the command is refused.</param>
/// <param name="Code">The code of the refusal.</param>
/// <param name="Error">The exception of the rules.</param>
internal readonly record struct RulesProposal(RulesProposalKind Kind, RoomAppend Append = default, string? Why = null, PacketErrorCode Code = default, Exception? Error = null)
{
    /// <summary>The work that the rules need before they decide.</summary>
    public RulesWork? Work { get; init; }

    /// <summary>When the rules want to be woken behind the events, in milliseconds since the Unix epoch, if the store gives these the time of the decision; where they need work, the time that they have named. Null for never.</summary>
    public long? WakeAt { get; init; }

    public static RulesProposal Nothing => new(RulesProposalKind.Nothing);

    public static RulesProposal Refuse(string why, PacketErrorCode code) => new(RulesProposalKind.Refuse, Why: why, Code: code);

    public static RulesProposal Fail(Exception error) => new(RulesProposalKind.Fail, Error: error);
}
