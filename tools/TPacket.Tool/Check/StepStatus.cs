namespace TPacket.Tool.Check;

/// <summary>The outcome of a step.</summary>
internal enum StepStatus
{
    /// <summary>The step has succeeded.</summary>
    Ok,

    /// <summary>The step does not apply or was not checked.</summary>
    Note,

    /// <summary>The step has failed. The check ends here.</summary>
    Failed,
}
