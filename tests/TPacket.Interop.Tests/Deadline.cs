namespace TPacket.Interop.Tests;

/// <summary>The bound on each wait of a test: it ends a test that fails, and measures nothing.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static CancellationTokenSource Start() => new(Limit);
}
