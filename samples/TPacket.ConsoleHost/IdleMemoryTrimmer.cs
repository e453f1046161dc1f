using Microsoft.Extensions.Hosting;

namespace TPacket.ConsoleHost;

/// <summary>
/// Gives back to the system what garbage has filled, once the process has come to rest. The runtime collects when something is allocated, and who sits in a room allocates nothing: what a wave of
/// newcomers has left behind would otherwise stay for as long as they do.
/// </summary>
/// <param name="rented">Says how many buffers are rented from the pool of the host's libraries; null where there is none.</param>
internal sealed class IdleMemoryTrimmer(Func<long>? rented = null) : BackgroundService
{
    /// <summary>Fewer bytes, allocated between two looks, are rest.</summary>
    public const long MostAtRest = 64 * 1024;

    /// <summary>Fewer bytes, allocated since the last time, are not worth the pause, which grows with what is alive.</summary>
    public const long LeastWorthwhile = 1024 * 1024;

    /// <summary>
    /// So many periods at rest after a trim, there is one more: the runtime's array pool gives up only what it has held for a minute between two collections.
    /// </summary>
    public const int PeriodsToSecondTrim = 65;

    /// <summary>
    /// So many buffers, returned since the last time, are worthwhile whatever was allocated: the backlogs of slow clients were alive then, and became garbage when the server released the clients.
    /// </summary>
    public const long ManyReturned = 64;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private long _seen;
    private long _trimmed;
    private long _rented;
    private int _periodsToSecondTrim;

    /// <summary>
    /// Whether it is time, now that so many bytes were allocated since the process began and so many of them may be alive. Called once a period. A quarter of what is alive has to be new, so
    /// that a trickle of messages does not bring a pause again and again that a full house makes long.
    /// </summary>
    /// <param name="allocated">Bytes allocated since the process began.</param>
    /// <param name="alive">Bytes that may be alive.</param>
    /// <param name="buffers">Buffers that are rented.</param>
    public bool ShouldTrim(long allocated, long alive = 0, long buffers = 0)
    {
        var atRest = allocated - _seen < MostAtRest;
        _seen = allocated;
        if (!atRest)
            return false;
        _rented = Math.Max(_rented, buffers);
        if (allocated - _trimmed < Math.Max(LeastWorthwhile, alive / 4) && _rented - buffers < ManyReturned)
            return _periodsToSecondTrim > 0 && --_periodsToSecondTrim == 0;
        _trimmed = allocated;
        _rented = buffers;
        _periodsToSecondTrim = PeriodsToSecondTrim;
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ShouldTrim(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false), rented?.Invoke() ?? 0))
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
