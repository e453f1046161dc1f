using Microsoft.Extensions.Hosting;

namespace TPacket.ConsoleHost;

/// <summary>
/// Collects garbage and returns memory to the system when the process is idle. The runtime collects only on allocations, and idle members allocate nothing, so the garbage of a wave of new members
/// would otherwise remain.
/// </summary>
/// <param name="rented">Returns the number of buffers rented from the libraries' pool; null if there is no pool.</param>
internal sealed class IdleMemoryTrimmer(Func<long>? rented = null) : BackgroundService
{
    /// <summary>The process is idle if it allocates fewer bytes than this in a period.</summary>
    public const long MostAtRest = 64 * 1024;

    /// <summary>
    /// The number of bytes allocated since the last trim that justifies another trim. A trim pauses the process for a time that grows with the live data.
    /// </summary>
    public const long LeastWorthwhile = 1024 * 1024;

    /// <summary>
    /// The number of idle periods between a trim and a second trim. The runtime's array pool releases only arrays that it has kept for a minute between two collections.
    /// </summary>
    public const int PeriodsToSecondTrim = 65;

    /// <summary>
    /// The number of returned buffers since the last trim that justifies another trim. Backlogs of slow clients become garbage without an allocation when the server releases the clients.
    /// </summary>
    public const long ManyReturned = 64;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private long _seen;
    private long _trimmed;
    private long _rented;
    private int _periodsToSecondTrim;

    /// <summary>
    /// Returns whether to trim now. Called once a period. At least a quarter of the live data must be new, so that a trickle of messages does not cause repeated pauses, which are long if there is
    /// much live data.
    /// </summary>
    /// <param name="allocated">The bytes allocated since the process started.</param>
    /// <param name="alive">The bytes that may be alive.</param>
    /// <param name="buffers">The number of rented buffers.</param>
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
