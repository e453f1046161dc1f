namespace TPacket.Server.Tests.Harness;

/// <summary>How long a test waits for something that has to happen: a bound for failures, never a measurement.</summary>
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
