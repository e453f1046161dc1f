using Microsoft.Extensions.Options;

namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// Bounds the memory of all replays together. Only a few replays run at a time, and no replay begins while
/// <see cref="TPacketServerOptions.ReplayBudgetBytes"/> or more bytes of earlier replays may still be queued. Thread-safe.
/// </summary>
internal sealed class ReplayBudget : IDisposable
{
    private readonly TPacketServerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly SemaphoreSlim _places;
    private long _held;

    public ReplayBudget(IOptions<TPacketServerOptions> options, TimeProvider timeProvider)
    {
        _options = options.Value;
        _timeProvider = timeProvider;
        _places = new SemaphoreSlim(Math.Max(1, _options.ReplayBudgetBytes / Math.Max(1, _options.ReplayBytes)));
    }

    /// <summary>The number of bytes that were sent in replays and that clients may not have read.</summary>
    public long HeldBytes => Volatile.Read(ref _held);

    /// <summary>Waits for a place, within the deadline of a store's call.</summary>
    /// <returns>
    /// True if the caller has a place, which it releases by <see cref="Exit"/>.
    /// False if no place was free in time, or too many bytes are queued: the client has to try later.
    /// </returns>
    public ValueTask<bool> TryEnterAsync()
    {
        if (HeldBytes >= _options.ReplayBudgetBytes)
            return new ValueTask<bool>(false);
        // An attempt with a timeout of zero could overtake the waiting callers.
        var entering = _places.WaitAsync(CancellationToken.None);
        return entering.IsCompletedSuccessfully ? new ValueTask<bool>(true) : WaitAsync(entering);
    }

    /// <summary>Releases a place.</summary>
    public void Exit() => _places.Release();

    /// <summary>Adds bytes that are sent to a client.</summary>
    public void Hold(int bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>Removes the bytes of a client that has read them or has disconnected.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _held, -bytes);

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
            // The abandoned wait still receives a place later, and releases it at once.
            _ = entering.ContinueWith(static (_, budget) => ((ReplayBudget)budget!).Exit(), this, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            return false;
        }
    }
}
