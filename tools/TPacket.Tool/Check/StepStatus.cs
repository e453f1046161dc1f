namespace TPacket.Tool.Check;

/// <summary>The outcome of a step.</summary>
internal enum StepStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Not checked, or not in use; no fault.</summary>
    Note,

    /// <summary>Wrong; the check ends here.</summary>
    Failed,
}
