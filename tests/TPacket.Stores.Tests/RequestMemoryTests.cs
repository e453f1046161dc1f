using TPacket.Server;
using TPacket.Server.Stores;
using Xunit.Abstractions;

namespace TPacket.Stores.Tests;

/// <summary>The requests of one author that a log remembers, beside a list that is sorted and cut each time.</summary>
public class RequestMemoryTests(ITestOutputHelper output)
{
    [Fact]
    public void It_answers_as_a_sorted_list_of_the_highest_256_does()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            var memory = new RequestMemory();
            var model = new SortedList<long, long>();
            var isCut = false;
            var top = random.Next(1, 1000);
            for (var step = 0; step < 700; step++)
            {
                var number = random.Next(10) < 7 ? ++top : random.NextInt64(1, top + 1);
                var isKnown = model.TryGetValue(number, out var offset);
                var isTooOld = !isKnown && isCut && number < model.Keys[0];
                Assert.Equal(isKnown || isTooOld, memory.TryAnswer(number, (ulong)number, out var answer));
                if (isKnown)
                {
                    Assert.Equal(new AppendResult(AppendStatus.Appended, new RoomPosition(1, offset, 2), 3, IsRepeated: true), answer);
                    Assert.True(memory.TryAnswer(number, 0, out answer));
                    Assert.Equal(AppendStatus.RequestReused, answer.Status);
                }
                else if (isTooOld)
                {
                    Assert.Equal(AppendStatus.RequestTooOld, answer.Status);
                }
                else
                {
                    memory.Add(number, (ulong)number, new RoomPosition(1, step, 2), 3);
                    model.Add(number, step);
                    if (model.Count > RequestId.Remembered)
                    {
                        model.RemoveAt(0);
                        isCut = true;
                    }
                }
            }
        }
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
