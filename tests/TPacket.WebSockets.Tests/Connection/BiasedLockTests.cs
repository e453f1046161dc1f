using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>The lock of an outbound queue, entered by the thread that it is biased towards and by others.</summary>
public class BiasedLockTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private BiasedLock _lock;

    [Fact]
    public void Consecutive_entries_bias_the_lock()
    {
        for (var i = 1; i < BiasedLock.EntriesBeforeBias; i++)
            Assert.False(EntersByBias());

        using (_lock.Enter(this))
            Assert.True(Monitor.IsEntered(this)); // The last of the consecutive entries still entered by the monitor.
        Assert.True(EntersByBias());
    }

    [Fact]
    public void Another_threads_entry_revokes_the_bias_and_consecutive_entries_restore_it()
    {
        MakeBias();
        OnAnotherThread(() => Assert.False(EntersByBias()));

        Assert.False(EntersByBias());
        MakeBias();
        Assert.True(EntersByBias());
    }

    [Fact]
    public void The_lock_is_never_biased_towards_a_second_thread()
    {
        MakeBias();

        OnAnotherThread(() =>
        {
            for (var i = 0; i < 3 * BiasedLock.EntriesBeforeBias; i++)
                Assert.False(EntersByBias());
        });
    }

    [Fact]
    public void Alternating_entries_do_not_bias_the_lock()
    {
        for (var i = 0; i < 2 * BiasedLock.EntriesBeforeBias; i++)
        {
            Assert.False(EntersByBias());
            if (i % (BiasedLock.EntriesBeforeBias / 2) == 0)
                OnAnotherThread(() => Assert.False(EntersByBias()));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_thread_waits_for_the_holder_and_the_holder_can_enter_again(bool biased)
    {
        if (biased)
            MakeBias();
        var other = new Thread(() => _lock.Enter(this).Dispose());
        using (_lock.Enter(this))
        {
            other.Start();
            if (biased)
                WaitUntil(() => !CanEnterMonitor()); // The other thread has entered the monitor, and waits until this thread exits the lock.
            else
                WaitUntilBlocked(other);
            // Also while the other thread revokes the bias, and afterwards.
            using (_lock.Enter(this))
                Assert.True(other.IsAlive);
            Assert.True(other.IsAlive);
        }

        Assert.True(other.Join(_patience));
    }

    [Fact]
    public void The_biased_thread_waits_for_another_holder()
    {
        MakeBias();
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var left = false;
        var other = new Thread(() =>
        {
            using (_lock.Enter(this))
            {
                inside.Set();
                leave.Wait(_patience);
                left = true;
            }
        });
        other.Start();
        Assert.True(inside.Wait(_patience));

        var biased = Thread.CurrentThread;
        var release = new Thread(() =>
        {
            WaitUntilBlocked(biased);
            leave.Set();
        });
        release.Start();
        using (_lock.Enter(this))
            Assert.True(left);

        Assert.True(other.Join(_patience));
        Assert.True(release.Join(_patience));
    }

    [Fact]
    public void The_lock_can_become_biased_while_it_is_held()
    {
        using (_lock.Enter(this))
        {
            MakeBias();
            Assert.False(TryEnterOnAnotherThread());
        }

        Assert.True(EntersByBias());
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Contending_threads_never_hold_the_lock_together()
    {
        const int Takings = 5_000;
        long first = 0, second = 0; // Written together; the holder of the lock finds them equal.
        var torn = 0;
        var byBias = 0;
        var done = false;
        var owner = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
                Change();
        });
        owner.Start();

        try
        {
            for (var i = 0; i < Takings; i++)
            {
                // Each revocation interrupts a thread that enters and exits by its bias.
                var before = Volatile.Read(ref byBias);
                WaitUntil(() => Volatile.Read(ref byBias) != before);
                Thread.SpinWait(i % 100);
                Change();
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
        }

        Assert.True(owner.Join(_patience));
        Assert.Equal(0, torn);

        void Change()
        {
            using (_lock.Enter(this))
            {
                var before = first;
                if (second != before)
                    Interlocked.Increment(ref torn);
                first = before + 1;
                Thread.SpinWait(1);
                second = before + 1;
                if (first != before + 1)
                    Interlocked.Increment(ref torn);
                if (!Monitor.IsEntered(this))
                    Volatile.Write(ref byBias, byBias + 1);
            }
        }
    }

    private void MakeBias()
    {
        for (var i = 0; i <= BiasedLock.EntriesBeforeBias; i++)
            _lock.Enter(this).Dispose();
    }

    private bool EntersByBias()
    {
        using (_lock.Enter(this))
            return !Monitor.IsEntered(this);
    }

    private bool TryEnterOnAnotherThread()
    {
        var entered = false;
        var other = new Thread(() => entered = Monitor.TryEnter(this));
        other.Start();
        Assert.True(other.Join(_patience));
        return entered;
    }

    private static void OnAnotherThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        Assert.True(thread.Join(_patience));
        Assert.Null(failure);
    }

    private bool CanEnterMonitor()
    {
        var entered = Monitor.TryEnter(this);
        if (entered)
            Monitor.Exit(this);
        return entered;
    }

    private static void WaitUntilBlocked(Thread thread) => WaitUntil(() => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0);

    private static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, _patience));
}
