using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests.Harness;

/// <summary>The thoughts of bots of <see cref="PonderousGame"/>, which take until the test lets them end.</summary>
internal sealed class Thought : IDisposable
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);
    private int _count;

    /// <summary>How many thoughts have begun.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Waits until the next thought has begun.</summary>
    public async Task BegunAsync()
    {
        using var deadline = Deadline.Start();
        await _begun.WaitAsync(deadline.Token);
    }

    /// <summary>Lets thoughts end.</summary>
    public void End(int count = 1) => _mayEnd.Release(count);

    /// <summary>Thinks.</summary>
    public void Think()
    {
        Interlocked.Increment(ref _count);
        _begun.Release();
        // The bound is for failures: a test that fails must not leave threads behind.
        _mayEnd.Wait(2 * Deadline.Limit);
    }

    public void Dispose() => _mayEnd.Release(100);
}
