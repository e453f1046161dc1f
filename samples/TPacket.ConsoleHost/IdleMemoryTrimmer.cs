using Microsoft.Extensions.Hosting;

namespace TPacket.ConsoleHost;

/// <summary>
/// Gives back to the system what garbage has filled, once the process has come to rest. The runtime collects when something is allocated, and who sits in a room allocates nothing: what a wave of
/// newcomers has left behind would otherwise stay for as long as they do.
/// </summary>
internal sealed class IdleMemoryTrimmer : BackgroundService
{
    /// <summary>Fewer bytes, allocated between two looks, are rest.</summary>
    public const long MostAtRest = 64 * 1024;

    /// <summary>Fewer bytes, allocated since the last time, are not worth the pause, which grows with what is alive.</summary>
    public const long LeastWorthwhile = 1024 * 1024;

    /// <summary>
    /// So many periods at rest after a trim, there is one more: what was alive then may be garbage now, without anything having been allocated, as the backlogs of clients that have gone; and the
    /// runtime's array pool gives up only what it has held for a minute between two collections.
    /// </summary>
    public const int PeriodsToSecondTrim = 65;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private long _seen;
    private long _trimmed;
    private int _periodsToSecondTrim;

    /// <summary>
    /// Whether it is time, now that so many bytes were allocated since the process began and so many of them may be alive. Called once a period. A quarter of what is alive has to be new, so
    /// that a trickle of messages does not bring a pause again and again that a full house makes long.
    /// </summary>
    public bool ShouldTrim(long allocated, long alive = 0)
    {
        var atRest = allocated - _seen < MostAtRest;
        _seen = allocated;
        if (!atRest)
            return false;
        if (allocated - _trimmed < Math.Max(LeastWorthwhile, alive / 4))
            return _periodsToSecondTrim > 0 && --_periodsToSecondTrim == 0;
        _trimmed = allocated;
        _periodsToSecondTrim = PeriodsToSecondTrim;
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ShouldTrim(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false)))
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
