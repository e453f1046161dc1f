namespace TPacket.Tool.Check;

/// <summary>A step failed; later steps cannot run.</summary>
internal sealed class StepFailedException(string step, string text, string advice) : Exception(text)
{
    /// <summary>The step as the report shows it.</summary>
    public CheckStep Step { get; } = new(step, StepStatus.Failed, text, advice);
}
