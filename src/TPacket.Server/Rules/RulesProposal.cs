using TPacket.Protocol;

namespace TPacket.Server.Rules;

/// <summary>A decision of rules, ready to be appended. Of the members only those of its kind are set.</summary>
/// <param name="Kind">What was decided.</param>
/// <param name="Append">The events, the condition under which they were decided, and the checkpoint behind them.</param>
/// <param name="Why">Why the command is refused.</param>
/// <param name="Code">The code of the refusal.</param>
/// <param name="Error">What the rules have thrown.</param>
internal readonly record struct RulesProposal(RulesProposalKind Kind, RoomAppend Append = default, string? Why = null, PacketErrorCode Code = default, Exception? Error = null)
{
    public static RulesProposal Nothing => new(RulesProposalKind.Nothing);

    public static RulesProposal Refuse(string why, PacketErrorCode code) => new(RulesProposalKind.Refuse, Why: why, Code: code);

    public static RulesProposal Fail(Exception error) => new(RulesProposalKind.Fail, Error: error);
}
