using TPacket.ConsoleHost;

namespace TPacket.Samples.Tests;

public class IdleMemoryTrimmerTests
{
    private const long Wave = 8 * IdleMemoryTrimmer.LeastWorthwhile;

    [Fact]
    public void A_wave_is_trimmed_once_when_it_is_over()
    {
        using var trimmer = new IdleMemoryTrimmer();

        Assert.False(trimmer.ShouldTrim(Wave / 2));
        Assert.False(trimmer.ShouldTrim(Wave));
        Assert.True(trimmer.ShouldTrim(Wave + IdleMemoryTrimmer.MostAtRest - 1));
        Assert.False(trimmer.ShouldTrim(Wave + IdleMemoryTrimmer.MostAtRest - 1));
    }

    [Fact]
    public void Backlogs_that_were_alive_when_a_wave_was_trimmed_are_trimmed_when_they_are_released()
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
    public void Garbage_without_new_allocations_is_trimmed_after_a_while_and_once()
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
    public void Somebody_who_is_never_at_rest_is_left_alone()
    {
        using var trimmer = new IdleMemoryTrimmer();

        Assert.All(Enumerable.Range(1, 100), look => Assert.False(trimmer.ShouldTrim(look * IdleMemoryTrimmer.MostAtRest)));
    }

    [Fact]
    public void Little_is_trimmed_when_it_has_come_to_much()
    {
        using var trimmer = new IdleMemoryTrimmer();
        var looks = IdleMemoryTrimmer.LeastWorthwhile / (IdleMemoryTrimmer.MostAtRest / 2);

        for (var look = 1L; look < looks; look++)
            Assert.False(trimmer.ShouldTrim(look * IdleMemoryTrimmer.MostAtRest / 2));

        Assert.True(trimmer.ShouldTrim(IdleMemoryTrimmer.LeastWorthwhile));
    }

    [Fact]
    public void A_full_house_is_not_made_to_wait_for_little()
    {
        const long Alive = 64 * IdleMemoryTrimmer.LeastWorthwhile;
        using var trimmer = new IdleMemoryTrimmer();
        for (long allocated = 0; allocated < Alive / 4; allocated += IdleMemoryTrimmer.MostAtRest / 2)
            Assert.False(trimmer.ShouldTrim(allocated, Alive));
        Assert.True(trimmer.ShouldTrim(Alive / 4, Alive));
    }
}
