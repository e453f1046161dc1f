namespace TPacket.Transports.Tests.Harness;

/// <summary>How long a test waits for something that has to happen: a bound for failures, never a measurement.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static CancellationTokenSource Start() => new(Limit);
}
