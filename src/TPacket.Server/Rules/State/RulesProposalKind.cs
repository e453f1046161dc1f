namespace TPacket.Server.Rules.State;

/// <summary>The kind of a decision.</summary>
internal enum RulesProposalKind
{
    /// <summary>The command succeeds without an event.</summary>
    Nothing,

    /// <summary>Events have to be appended.</summary>
    Append,

    /// <summary>The command is refused.</summary>
    Refuse,

    /// <summary>The rules need the result of work before they can decide.</summary>
    Work,

    /// <summary>The rules have thrown.</summary>
    Fail,
}
