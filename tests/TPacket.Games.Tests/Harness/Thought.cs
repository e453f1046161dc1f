using TPacket.Server.Tests.Harness;

namespace TPacket.Games.Tests.Harness;

/// <summary>The searches of bots of <see cref="PonderousGame"/>, which last until the test ends them.</summary>
internal sealed class Thought : IDisposable
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);
    private int _count;

    /// <summary>The number of started searches.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Waits until the next search has started.</summary>
    public async Task BegunAsync()
    {
        using var deadline = Deadline.Start();
        await _begun.WaitAsync(deadline.Token);
    }

    /// <summary>Ends searches.</summary>
    public void End(int count = 1) => _mayEnd.Release(count);

    /// <summary>Blocks until the test ends the search.</summary>
    public void Think()
    {
        Interlocked.Increment(ref _count);
        _begun.Release();
        // The limit is for failures: a failed test must not leave threads blocked.
        _mayEnd.Wait(2 * Deadline.Limit);
    }

    public void Dispose() => _mayEnd.Release(100);
}
