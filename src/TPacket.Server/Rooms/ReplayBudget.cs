using Microsoft.Extensions.Options;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>
/// Bounds the memory of all clients that are coming back to rooms at once: few are replayed to at a time, and none while more bytes than <see cref="TPacketServerOptions.ReplayBudgetBytes"/> wait to be sent. Thread-safe.
/// </summary>
internal sealed class ReplayBudget : IDisposable
{
    private readonly TPacketServerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly SemaphoreSlim _places;
    private readonly Action<int> _released;
    private long _held;

    public ReplayBudget(IOptions<TPacketServerOptions> options, TimeProvider timeProvider)
    {
        _options = options.Value;
        _timeProvider = timeProvider;
        _places = new SemaphoreSlim(Math.Max(1, _options.ReplayBudgetBytes / Math.Max(1, _options.ReplayBytes)));
        _released = bytes => Interlocked.Add(ref _held, -bytes);
    }

    /// <summary>How many bytes of replays and snapshots wait to be sent.</summary>
    public long HeldBytes => Volatile.Read(ref _held);

    /// <summary>Waits for a place, no longer than a call of the store may take.</summary>
    /// <returns>False when there is none, or when too much waits to be sent: the client has to come later. After true, <see cref="Exit"/> is called.</returns>
    public async ValueTask<bool> TryEnterAsync()
    {
        if (HeldBytes >= _options.ReplayBudgetBytes)
            return false;
        // Not the synchronous way with a timeout of zero: it must not overtake those who wait.
        var entering = _places.WaitAsync(CancellationToken.None);
        if (entering.IsCompletedSuccessfully)
            return true;
        return await WaitAsync(entering).ConfigureAwait(false);
    }

    /// <summary>Gives the place to the next.</summary>
    public void Exit() => _places.Release();

    /// <summary>A buffer that counts until everybody has given it back.</summary>
    public FrameBuffer Rent(int minimumCapacity)
    {
        var frames = FrameBuffer.RentCounted(minimumCapacity, _released);
        Interlocked.Add(ref _held, frames.Remaining);
        return frames;
    }

    public void Dispose() => _places.Dispose();

    private async ValueTask<bool> WaitAsync(Task entering)
    {
        try
        {
            await entering.WaitAsync(_options.StoreTimeout, _timeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            // It comes to its turn all the same, and leaves at once.
            _ = entering.ContinueWith(static (_, budget) => ((ReplayBudget)budget!).Exit(), this, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            return false;
        }
    }
}
