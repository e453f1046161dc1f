using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>Waits for conditions that have no event to await.</summary>
internal static class Poll
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(10);

    /// <summary>Checks a condition every 10 ms until it holds.</summary>
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <summary>Checks a condition every 10 ms until it holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = Deadline.Start();
        while (!await condition())
            await Task.Delay(_period, deadline.Token);
    }
}
