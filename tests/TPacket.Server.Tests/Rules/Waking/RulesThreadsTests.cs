using TPacket.Server.Rules.Waking;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rules;

/// <summary>The threads for long computations of rules.</summary>
public class RulesThreadsTests
{
    [Fact]
    public async Task Work_beyond_the_number_of_threads_waits()
    {
        using var deadline = Deadline.Start();
        using var mayEnd = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        var order = new List<int>();
        var threads = new RulesThreads(2);
        var works = Enumerable.Range(0, 5).Select(number => threads.RunAsync(new RulesWork(number, () =>
        {
            lock (order)
                order.Add(number);
            begun.Release();
            Assert.True(mayEnd.Wait(Deadline.Limit));
            return number;
        }))).ToArray();

        await begun.WaitAsync(deadline.Token);
        await begun.WaitAsync(deadline.Token);
        lock (order)
            Assert.Equal([0, 1], order.Order());
        mayEnd.Release(5);

        Assert.Equal([0, 1, 2, 3, 4], (await Task.WhenAll(works).WaitAsync(deadline.Token)).Select(static completed => (int)completed.Result!));
    }

    [Fact]
    public async Task Work_that_throws_fails_and_ends_no_thread()
    {
        using var deadline = Deadline.Start();
        var threads = new RulesThreads(1);
        var failed = threads.RunAsync(new RulesWork(1, static () => throw new InvalidOperationException("no idea")));
        var next = threads.RunAsync(new RulesWork(2, static () => "move"));
        Assert.Equal("no idea", (await failed.WaitAsync(deadline.Token)).Error!.Message);
        Assert.Equal("move", (await next.WaitAsync(deadline.Token)).Result);
    }
}
