using TPacket.Server.Stores.Logs;
using Xunit.Abstractions;

namespace TPacket.Server.Tests.Stores;

/// <summary>The memory of one author's requests, compared with a list that is sorted and cut each time.</summary>
public class RequestMemoryTests(ITestOutputHelper output)
{
    // The largest difference of each encoded length, from none and one byte on.
    private static readonly long[] _largest = [0, 200, 60_000, 1 << 24, 1L << 31, 1L << 40, 1L << 54];

    [Trait("Speed", "Slow")]
    [Fact]
    public void The_memory_answers_like_a_sorted_list_of_the_highest_256_requests()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var memory = new RequestMemory();
            var model = new SortedList<long, (ulong Digest, AppendResult Answer)>();
            var isCut = false;
            // A store has rising offsets and times, but may add requests in any order.
            var (mostNumber, mostOffset, mostTime) = (Draw(2), Draw(1), Draw(1));
            var (top, offset, time) = (random.NextInt64(1, 1000), random.NextInt64(-1, 1000), random.NextInt64(1L << 42));
            for (var step = 0; step < 700; step++)
            {
                var number = random.Next(10) < 7 ? top += 1 + random.NextInt64(mostNumber + 1) : random.NextInt64(1, top + 1);
                if (random.Next(20) == 0 && model.Count > 0)
                    number = model.Keys[random.Next(model.Count)];
                var isKnown = model.TryGetValue(number, out var known);
                var isTooOld = !isKnown && isCut && number < model.Keys[0];
                var digest = isKnown ? known.Digest : unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue));
                Assert.Equal(isKnown || isTooOld, memory.TryAnswer(number, digest, out var answer));
                if (isKnown)
                {
                    Assert.Equal(known.Answer, answer);
                    Assert.True(memory.TryAnswer(number, ~digest, out answer));
                    Assert.Equal(new AppendResult(AppendStatus.RequestReused, default), answer);
                }
                else if (isTooOld)
                {
                    Assert.Equal(new AppendResult(AppendStatus.RequestTooOld, default), answer);
                }
                else
                {
                    (offset, time) = (offset + random.NextInt64(mostOffset + 1), time + random.NextInt64(mostTime + 1) - random.Next(2));
                    var position = new RoomPosition(1, offset, unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)));
                    model.Add(number, (digest, new AppendResult(AppendStatus.Appended, position with { Epoch = 0 }, time, IsRepeated: true)));
                    long? forgotten = null;
                    if (model.Count > RequestId.Remembered)
                    {
                        forgotten = model.Keys[0];
                        model.RemoveAt(0);
                        isCut = true;
                    }

                    Assert.Equal(forgotten, memory.Add(number, digest, position, time));
                }
            }
        }

        // 700 steps from these numbers do not overflow.
        long Draw(int fewer) => _largest[random.Next(_largest.Length - fewer)];
    }

    [Theory]
    [InlineData(1, 200, 60_000, 3840)] // Something in each minute, among 200 events a minute.
    [InlineData(1, 0, 5, 3584)] // As fast as it goes, and alone.
    [InlineData(2, 30_000, 3_600_000, 4864)] // Something in each hour, with a request between, in a large room.
    public void The_entries_of_256_requests_use_a_bounded_capacity(int numbers, long offsets, long milliseconds, int most)
    {
        var memory = new RequestMemory();
        Assert.Equal(64, memory.Capacity);
        for (var i = 1; i <= 3000; i++)
            Assert.Equal(i <= 256 ? null : (i - 256) * (long)numbers, memory.Add(i * (long)numbers, (ulong)i << 40, new RoomPosition(1, i * (offsets + 1), ulong.MaxValue), 1_800_000_000_000 + (i * milliseconds)));
        Assert.InRange(memory.Capacity, 1, most);
        for (var i = 3000 - 255; i <= 3000; i++)
        {
            Assert.True(memory.TryAnswer(i * (long)numbers, (ulong)i << 40, out var answer));
            Assert.Equal((i * (offsets + 1), ulong.MaxValue, 1_800_000_000_000 + (i * milliseconds)), (answer.Position.Offset, answer.Position.Check, answer.Time));
        }
    }

    [Fact]
    public void A_full_memory_allocates_nothing_for_a_new_request()
    {
        var memory = new RequestMemory();
        var number = 0L;
        while (number < 1000)
            Add();
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (number < 2000)
            Add();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Add() => memory.Add(++number, (ulong)number, new RoomPosition(1, number * 7, 2), number * 1000);
    }

    [Fact]
    public void A_new_number_below_256_others_is_forgotten_at_once()
    {
        var memory = new RequestMemory();
        for (var number = 2; number <= 257; number++)
            memory.Add(number, 0, default, 0);
        Assert.False(memory.TryAnswer(1, 0, out _));
        memory.Add(1, 0, default, 0);
        Assert.True(memory.TryAnswer(1, 0, out var answer));
        Assert.Equal(AppendStatus.RequestTooOld, answer.Status);
        Assert.True(memory.TryAnswer(2, 0, out answer));
        Assert.Equal(AppendStatus.Appended, answer.Status);
    }
}
