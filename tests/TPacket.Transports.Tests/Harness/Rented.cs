
namespace TPacket.Transports.Tests.Harness;

/// <summary>What was rented when a test began has to be all that is rented when it has ended.</summary>
internal sealed class Rented
{
    private readonly long _before = BufferPool.Outstanding;

    /// <summary>Waits for threads that are about to give something back.</summary>
    public async Task ReturnedAsync()
    {
        using var deadline = Deadline.Start();
        while (BufferPool.Outstanding != _before && !deadline.IsCancellationRequested)
            await Task.Yield();
        Assert.Equal(_before, BufferPool.Outstanding);
    }
}
