using System.Text;
using TPacket.Server.Stores.Logs;

namespace TPacket.Server.Tests.Stores;

public class EventRingTests
{
    private const int All = int.MaxValue;

    [Fact]
    public void A_new_ring_has_nothing_and_has_dropped_nothing()
    {
        var ring = new EventRing(100, 10);

        Assert.Empty(ring.Copy(0, All));
        Assert.Equal(0, ring.FirstKept);
    }

    [Fact]
    public void A_ring_keeps_as_many_events_as_its_bound()
    {
        var ring = Filled(new EventRing(1000, 3), count: 5, size: 1);

        Assert.Equal([2L, 3L, 4L], Offsets(ring));
        Assert.Equal(2, ring.FirstKept);
    }

    [Fact]
    public void A_ring_keeps_as_many_bytes_as_its_bound()
    {
        var ring = Filled(new EventRing(30, 100), count: 3, size: 10);
        Assert.Equal([0L, 1L, 2L], Offsets(ring));

        ring.Add(Event(3, "x"));

        Assert.Equal([1L, 2L, 3L], Offsets(ring));
        Assert.Equal(1, ring.FirstKept);
    }

    [Fact]
    public void A_large_event_evicts_several_events()
    {
        var ring = Filled(new EventRing(30, 100), count: 3, size: 10);

        ring.Add(Event(3, new string('l', 25)));

        Assert.Equal([3L], Offsets(ring));
        Assert.Equal(3, ring.FirstKept);
    }

    [Fact]
    public void An_event_over_the_bound_evicts_all_events_and_leaves_no_gap()
    {
        var ring = Filled(new EventRing(30, 100), count: 3, size: 10);

        ring.Add(Event(3, new string('t', 31)));
        Assert.Empty(Offsets(ring));
        Assert.Equal(4, ring.FirstKept);

        ring.Add(Event(4, new string('f', 30)));
        Assert.Equal([4L], Offsets(ring));
        Assert.Equal(4, ring.FirstKept);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(100, 0)]
    public void A_ring_without_capacity_keeps_nothing(int bytes, int events)
    {
        var ring = Filled(new EventRing(bytes, events), count: 3, size: 1);

        Assert.Empty(Offsets(ring));
        Assert.Equal(3, ring.FirstKept);
    }

    [Theory]
    [InlineData(30, 3)]
    [InlineData(0, 3)]
    [InlineData(30, 0)]
    public void Kept_events_exceed_every_bound_until_they_are_released(int bytes, int events)
    {
        var ring = new EventRing(bytes, events) { KeptFrom = 5 };
        Filled(ring, count: 20, size: 10);
        Assert.Equal(Enumerable.Range(5, 15).Select(static i => (long)i), Offsets(ring));
        Assert.Equal(5, ring.FirstKept);

        ring.KeptFrom = 18;
        ring.Add(Event(20, "0123456789"));
        Assert.Equal([18L, 19L, 20L], Offsets(ring));

        ring.KeptFrom = long.MaxValue;
        ring.Add(Event(21, "0123456789"));
        Assert.Equal(bytes > 0 && events > 0 ? [19L, 20L, 21L] : [], Offsets(ring));
    }

    [Fact]
    public void Copies_begin_at_an_offset_and_have_a_length()
    {
        var ring = Filled(new EventRing(1000, 5), count: 8, size: 1);

        Assert.Equal([5L, 6L], ring.Copy(5, 2).Select(e => e.Offset));
        Assert.Equal([3L], ring.Copy(0, 1).Select(e => e.Offset));
        Assert.Empty(ring.Copy(8, All));
    }

    [Fact]
    public void A_copy_does_not_change_when_its_slot_is_used_again()
    {
        var ring = new EventRing(1000, 1);
        ring.Add(Event(0, "first"));
        var copy = ring.Copy(0, All);

        ring.Add(Event(1, "other"));

        Assert.Equal("first", Encoding.UTF8.GetString(copy[0].Data.Span));
        Assert.Equal("other", Encoding.UTF8.GetString(ring.Copy(0, All)[0].Data.Span));
    }

    [Fact]
    public void A_full_ring_of_short_events_allocates_nothing()
    {
        var ring = Filled(new EventRing(1000, 16), count: 64, size: 4);
        var next = Event(64, "0123");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            ring.Add(next);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_ring_keeps_the_latest_events_that_fit(int seed)
    {
        var random = new Random(seed);
        const int MaxBytes = 600;
        const int MaxEvents = 9;
        var ring = new EventRing(MaxBytes, MaxEvents);
        var expected = new List<(long Offset, string Text)>();
        for (var offset = 0L; offset < 2000; offset++)
        {
            var text = new string((char)('a' + (offset % 26)), random.Next(random.Next(5) == 0 ? 700 : 90));
            ring.Add(Event(offset, text));
            expected.Add((offset, text));
            while (expected.Count > MaxEvents || expected.Sum(e => e.Text.Length) > MaxBytes)
                expected.RemoveAt(0);

            Assert.Equal(expected, ring.Copy(0, All).Select(e => (e.Offset, Encoding.UTF8.GetString(e.Data.Span))));
            if (expected.Count > 0)
                Assert.Equal(expected[0].Offset, ring.FirstKept);
        }
    }

    private static EventRing Filled(EventRing ring, int count, int size)
    {
        for (var i = 0; i < count; i++)
            ring.Add(Event(i, new string('x', size)));
        return ring;
    }

    private static RoomEvent Event(long offset, string text) => RoomEvent.Announcement(Encoding.UTF8.GetBytes(text)) with { Offset = offset };

    private static IEnumerable<long> Offsets(EventRing ring) => ring.Copy(0, All).Select(e => e.Offset);
}
