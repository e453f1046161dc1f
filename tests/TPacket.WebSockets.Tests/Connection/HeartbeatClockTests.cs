using Microsoft.Extensions.Time.Testing;
using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>The clock of deadlines excludes pauses of the process.</summary>
public class HeartbeatClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeartbeatClock _clock;

    public HeartbeatClockTests() => _clock = new HeartbeatClock(_time, TimeSpan.FromSeconds(1));

    [Fact]
    public void Punctual_beats_advance_the_time_and_check_deadlines()
    {
        Assert.True(BeatAfter(1000));
        Assert.Equal(1000, _clock.Now);
        Assert.True(BeatAfter(1200));
        Assert.Equal(2200, _clock.Now);
        Assert.True(BeatAfter(2000));
        Assert.Equal(4200, _clock.Now);
    }

    [Fact]
    public void A_late_beat_advances_by_one_period_and_checks_no_deadline()
    {
        BeatAfter(1000);
        Assert.False(BeatAfter(6000));
        Assert.Equal(2000, _clock.Now);
        Assert.Equal(2000, _clock.PreciseNow);
    }

    [Fact]
    public void After_a_late_beat_loops_have_time_to_read_before_deadlines_are_checked()
    {
        BeatAfter(1000);
        BeatAfter(6000);
        // The runtime catches up on a missed beat.
        Assert.False(BeatAfter(1));
        Assert.False(BeatAfter(998));
        Assert.Equal(2999, _clock.Now);
        Assert.True(BeatAfter(1));
        Assert.True(BeatAfter(1000));
        Assert.Equal(4000, _clock.Now);
    }

    [Fact]
    public void A_machine_that_is_always_late_checks_deadlines_at_every_other_beat()
    {
        bool[] mayCheck = [.. Enumerable.Range(0, 6).Select(_ => BeatAfter(3000))];
        Assert.Equal([false, true, false, true, false, true], mayCheck);
        Assert.Equal(6000, _clock.Now);
    }

    [Fact]
    public void A_longer_period_has_a_longer_tolerance()
    {
        var slow = new HeartbeatClock(_time, TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(slow.Beat());
        _time.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromMilliseconds(1));
        Assert.False(slow.Beat());
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        Assert.False(slow.Beat());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(slow.Beat());
    }

    [Fact]
    public void An_undetected_pause_does_not_extend_new_deadlines()
    {
        BeatAfter(1000);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3000, _clock.PreciseNow);
    }

    [Fact]
    public void The_precise_time_advances_between_beats()
    {
        BeatAfter(1000);
        BeatAfter(60_000);
        _time.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Equal((2000, 2700), (_clock.Now, _clock.PreciseNow));
    }

    private bool BeatAfter(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return _clock.Beat();
    }
}
