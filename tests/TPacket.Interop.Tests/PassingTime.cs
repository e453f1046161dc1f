using Microsoft.Extensions.Time.Testing;

namespace TPacket.Interop.Tests;

/// <summary>Time that passes as it does while a process runs.</summary>
internal static class PassingTime
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    /// <summary>Moves the clock in steps, so that every timer is on time; a jump is what a process sees that was stopped.</summary>
    public static void Pass(this FakeTimeProvider time, TimeSpan span)
    {
        for (; span > _step; span -= _step)
            time.Advance(_step);
        time.Advance(span);
    }
}
