using TPacket.ConsoleHost;

namespace TPacket.Samples.Tests;

public class IdleMemoryTrimmerTests
{
    private const long Wave = 8 * IdleMemoryTrimmer.LeastWorthwhile;

    [Fact]
    public void Memory_is_trimmed_once_after_a_peak()
    {
        using var trimmer = new IdleMemoryTrimmer();

        Assert.False(trimmer.ShouldTrim(Wave / 2));
        Assert.False(trimmer.ShouldTrim(Wave));
        Assert.True(trimmer.ShouldTrim(Wave + IdleMemoryTrimmer.MostAtRest - 1));
        Assert.False(trimmer.ShouldTrim(Wave + IdleMemoryTrimmer.MostAtRest - 1));
    }

    [Fact]
    public void Backlogs_that_were_in_use_during_a_trim_are_trimmed_after_their_release()
    {
        const long Backlogs = 16 * IdleMemoryTrimmer.ManyReturned;
        using var trimmer = new IdleMemoryTrimmer();
        Assert.False(trimmer.ShouldTrim(Wave, buffers: Backlogs));
        Assert.True(trimmer.ShouldTrim(Wave, buffers: Backlogs));
        Assert.False(trimmer.ShouldTrim(Wave, buffers: Backlogs - IdleMemoryTrimmer.ManyReturned + 1));

        Assert.True(trimmer.ShouldTrim(Wave, buffers: 0));
        Assert.False(trimmer.ShouldTrim(Wave, buffers: 0));
    }

    [Fact]
    public void Garbage_without_new_allocations_is_trimmed_once_after_a_while()
    {
        using var trimmer = new IdleMemoryTrimmer();
        Assert.False(trimmer.ShouldTrim(Wave));
        Assert.True(trimmer.ShouldTrim(Wave));

        for (var look = 1; look < IdleMemoryTrimmer.PeriodsToSecondTrim; look++)
            Assert.False(trimmer.ShouldTrim(Wave));
        Assert.True(trimmer.ShouldTrim(Wave));

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.False(trimmer.ShouldTrim(Wave)));
    }

    [Fact]
    public void A_process_that_is_never_idle_is_not_trimmed()
    {
        using var trimmer = new IdleMemoryTrimmer();

        Assert.All(Enumerable.Range(1, 100), look => Assert.False(trimmer.ShouldTrim(look * IdleMemoryTrimmer.MostAtRest)));
    }

    [Fact]
    public void Small_allocations_are_trimmed_when_their_sum_is_worthwhile()
    {
        using var trimmer = new IdleMemoryTrimmer();
        var looks = IdleMemoryTrimmer.LeastWorthwhile / (IdleMemoryTrimmer.MostAtRest / 2);

        for (var look = 1L; look < looks; look++)
            Assert.False(trimmer.ShouldTrim(look * IdleMemoryTrimmer.MostAtRest / 2));

        Assert.True(trimmer.ShouldTrim(IdleMemoryTrimmer.LeastWorthwhile));
    }

    [Fact]
    public void A_large_heap_is_trimmed_only_after_a_quarter_of_its_size_was_allocated()
    {
        const long Alive = 64 * IdleMemoryTrimmer.LeastWorthwhile;
        using var trimmer = new IdleMemoryTrimmer();
        for (long allocated = 0; allocated < Alive / 4; allocated += IdleMemoryTrimmer.MostAtRest / 2)
            Assert.False(trimmer.ShouldTrim(allocated, Alive));
        Assert.True(trimmer.ShouldTrim(Alive / 4, Alive));
    }
}
