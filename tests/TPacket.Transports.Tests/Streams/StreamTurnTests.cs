using TPacket.Transports.Streams;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Streams;

/// <summary>Work runs once, while no thread reads, and no thread waits for it.</summary>
public class StreamTurnTests
{
    private readonly StreamTurn _turn = new();
    private int _runs;

    [Fact]
    public void Work_runs_at_once_while_the_turn_is_free()
    {
        _turn.Run(() => _runs++);
        Assert.Equal(1, _runs);
        _turn.Enter();
        _turn.Exit();
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Work_runs_at_once_on_the_thread_that_has_the_turn()
    {
        _turn.Enter();
        _turn.Run(() => _runs++);
        Assert.Equal(1, _runs);
        _turn.Exit();
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Work_of_another_thread_waits_until_the_turn_is_returned()
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
    public async Task Work_is_never_lost_and_never_runs_during_a_read()
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
