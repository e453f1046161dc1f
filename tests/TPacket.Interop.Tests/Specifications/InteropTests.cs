using TPacket.Transports;


namespace TPacket.Interop.Tests.Specifications;

/// <summary>Disposes of a test's resources in reverse order, and then asserts that no buffer of ours is rented.</summary>
public abstract class InteropTests : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _used = new();
    private readonly long _outstanding = Transport.RentedBuffers;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        while (_used.TryPop(out var used))
            await used.DisposeAsync();
        // A connection returns its buffers after it has reported its end.
        SpinWait.SpinUntil(() => Transport.RentedBuffers == _outstanding, Deadline.Limit);
        Assert.Equal(_outstanding, Transport.RentedBuffers);
    }

    protected T Use<T>(T used)
        where T : IAsyncDisposable
    {
        _used.Push(used);
        return used;
    }
}
