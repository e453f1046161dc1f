using Microsoft.Extensions.Time.Testing;
using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>The clock of deadlines leaves out what the process has not lived through.</summary>
public class HeartbeatClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeartbeatClock _clock;

    public HeartbeatClockTests() => _clock = new HeartbeatClock(_time, TimeSpan.FromSeconds(1));

    [Fact]
    public void Beats_that_are_on_time_are_judged_and_tell_the_time()
    {
        Assert.True(BeatAfter(1000));
        Assert.Equal(1000, _clock.Now);
        Assert.True(BeatAfter(1200));
        Assert.Equal(2200, _clock.Now);
        Assert.True(BeatAfter(2000));
        Assert.Equal(4200, _clock.Now);
    }

    [Fact]
    public void A_late_beat_counts_as_one_and_is_not_judged()
    {
        BeatAfter(1000);
        Assert.False(BeatAfter(6000));
        Assert.Equal(2000, _clock.Now);
        Assert.Equal(2000, _clock.PreciseNow);
    }

    [Fact]
    public void After_a_late_beat_the_loops_have_time_to_read_before_one_is_judged()
    {
        BeatAfter(1000);
        BeatAfter(6000);
        // The runtime makes up for a beat that was missed.
        Assert.False(BeatAfter(1));
        Assert.False(BeatAfter(998));
        Assert.Equal(2999, _clock.Now);
        Assert.True(BeatAfter(1));
        Assert.True(BeatAfter(1000));
        Assert.Equal(4000, _clock.Now);
    }

    [Fact]
    public void A_machine_that_is_always_late_judges_every_other_beat()
    {
        bool[] judged = [.. Enumerable.Range(0, 6).Select(_ => BeatAfter(3000))];
        Assert.Equal([false, true, false, true, false, true], judged);
        Assert.Equal(6000, _clock.Now);
    }

    [Fact]
    public void A_period_that_is_longer_is_late_later()
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
    public void A_stop_that_no_beat_has_noticed_yet_makes_no_deadline_longer_than_a_late_beat_would()
    {
        BeatAfter(1000);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3000, _clock.PreciseNow);
    }

    [Fact]
    public void Between_beats_the_precise_time_goes_on()
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
