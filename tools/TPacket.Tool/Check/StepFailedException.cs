namespace TPacket.Tool.Check;

/// <summary>A failed step. Later steps cannot run.</summary>
internal sealed class StepFailedException(string step, string text, string advice) : Exception(text)
{
    /// <summary>The step for the report.</summary>
    public CheckStep Step { get; } = new(step, StepStatus.Failed, text, advice);
}
