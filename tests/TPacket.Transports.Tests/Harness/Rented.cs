using TPacket.Transports.Buffers;

namespace TPacket.Transports.Tests.Harness;

/// <summary>Asserts that a test has returned all buffers that it has rented.</summary>
internal sealed class Rented
{
    private readonly long _before = BufferPool.Outstanding;

    /// <summary>Waits for threads that are about to return a buffer.</summary>
    public async Task ReturnedAsync()
    {
        using var deadline = Deadline.Start();
        while (BufferPool.Outstanding != _before && !deadline.IsCancellationRequested)
            await Task.Yield();
        Assert.Equal(_before, BufferPool.Outstanding);
    }
}
