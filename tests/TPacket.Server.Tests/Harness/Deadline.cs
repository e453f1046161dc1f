namespace TPacket.Server.Tests.Harness;

/// <summary>The bound on each wait of a test: it ends a test that fails, and measures nothing.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static CancellationTokenSource Start() => new(Limit);

    /// <summary>Waits for something that another thread does and that no event announces.</summary>
    /// <exception cref="OperationCanceledException">It did not happen within <see cref="Limit"/>.</exception>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = Start();
        while (!holds())
            await Task.Delay(5, deadline.Token);
    }
}
