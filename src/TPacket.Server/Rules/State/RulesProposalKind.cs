namespace TPacket.Server.Rules;

/// <summary>The kind of a decision.</summary>
internal enum RulesProposalKind
{
    /// <summary>Nothing follows.</summary>
    Nothing,

    /// <summary>Events are to be appended.</summary>
    Append,

    /// <summary>The command is refused.</summary>
    Refuse,

    /// <summary>The rules need work done before they decide.</summary>
    Work,

    /// <summary>The rules have thrown.</summary>
    Fail,
}
