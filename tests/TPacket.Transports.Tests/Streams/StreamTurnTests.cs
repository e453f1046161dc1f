using TPacket.Transports.Streams;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Streams;

/// <summary>Work runs when nobody reads, once, and nobody waits for that.</summary>
public class StreamTurnTests
{
    private readonly StreamTurn _turn = new();
    private int _runs;

    [Fact]
    public void Work_runs_at_once_when_nobody_has_the_turn()
    {
        _turn.Run(() => _runs++);
        Assert.Equal(1, _runs);
        _turn.Enter();
        _turn.Exit();
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Who_has_the_turn_itself_is_between_two_reads()
    {
        _turn.Enter();
        _turn.Run(() => _runs++);
        Assert.Equal(1, _runs);
        _turn.Exit();
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Work_that_another_thread_asks_for_waits_until_the_turn_is_given_back()
    {
        _turn.Enter();
        var asking = new Thread(() => _turn.Run(() => _runs++));
        asking.Start();
        asking.Join();
        Assert.Equal(0, _runs);
        _turn.Exit();
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Work_is_never_lost_and_never_beside_a_reader()
    {
        for (var i = 0; i < 500; i++)
        {
            var turn = new StreamTurn();
            var inside = 0;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var reading = Task.Run(() =>
            {
                for (var round = 0; round < 20; round++)
                {
                    turn.Enter();
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    Interlocked.Decrement(ref inside);
                    turn.Exit();
                }
            });
            var asking = Task.Run(() => turn.Run(() =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                done.SetResult();
            }));
            await Task.WhenAll(reading, asking, done.Task).WaitAsync(Deadline.Limit);
        }
    }
}
