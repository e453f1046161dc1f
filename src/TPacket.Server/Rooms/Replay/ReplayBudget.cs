using Microsoft.Extensions.Options;

namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// Bounds the memory of all clients that are coming back to rooms at once: few are replayed to at a time, and none while more than <see cref="TPacketServerOptions.ReplayBudgetBytes"/> may still wait for those who came back before.
/// Thread-safe.
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

    /// <summary>How many bytes were sent to clients that have perhaps not read them.</summary>
    public long HeldBytes => Volatile.Read(ref _held);

    /// <summary>Waits for a place, no longer than a call of the store may take.</summary>
    /// <returns>False when there is none, or when too much waits to be read: the client has to come later. After true, <see cref="Exit"/> is called.</returns>
    public ValueTask<bool> TryEnterAsync()
    {
        if (HeldBytes >= _options.ReplayBudgetBytes)
            return new ValueTask<bool>(false);
        // Not the synchronous way with a timeout of zero: it must not overtake those who wait.
        var entering = _places.WaitAsync(CancellationToken.None);
        return entering.IsCompletedSuccessfully ? new ValueTask<bool>(true) : WaitAsync(entering);
    }

    /// <summary>Gives the place to the next.</summary>
    public void Exit() => _places.Release();

    /// <summary>Bytes are sent to a client.</summary>
    public void Hold(int bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>The client has read them, or is gone.</summary>
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
            // It comes to its turn all the same, and leaves at once.
            _ = entering.ContinueWith(static (_, budget) => ((ReplayBudget)budget!).Exit(), this, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            return false;
        }
    }
}
