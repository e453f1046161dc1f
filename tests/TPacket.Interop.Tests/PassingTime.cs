using Microsoft.Extensions.Time.Testing;

namespace TPacket.Interop.Tests;

/// <summary>A clock that advances as it does while a process runs.</summary>
internal static class PassingTime
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    /// <summary>Advances the clock in steps, so that every timer fires on time. A jump would look like a stopped process.</summary>
    public static void Pass(this FakeTimeProvider time, TimeSpan span)
    {
        for (; span > _step; span -= _step)
            time.Advance(_step);
        time.Advance(span);
    }
}
