namespace TPacket.Transports.Tests.Harness;

/// <summary>The longest time for which a test waits for an event. It ends a failing test and measures nothing.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static CancellationTokenSource Start() => new(Limit);
}
