namespace TPacket.Interop.Tests;

/// <summary>How long a test waits for something that has to happen: a bound for failures, never a measurement.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static CancellationTokenSource Start() => new(Limit);
}
