using System.Collections.Concurrent;
using TPacket.Transports.Loops;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>An event loop: one thread, one epoll instance and one receive buffer, which serve many connections.</summary>
internal sealed class EpollLoop : IEventLoop, IDisposable
{
    // Input is read in pieces of at most this length. The next layer may have to park one piece while a handler is busy.
    private const int ReceiveBufferLength = 64 * 1024;
    private const int ReportsPerWait = 1024;
    private const ulong WakeToken = ulong.MaxValue;

    // The smallest number of pending flushes in a batch for which it pays to wake another loop.
    private const int WorthWaking = 16;

    private readonly EpollSet _epoll = new(ReportsPerWait, WakeToken);
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly ConcurrentQueue<IFlushable> _handedOver = new();
    private readonly List<EpollConnection> _closed = [];
    private readonly EpollSlots _slots = new();
    private readonly Thread _thread;
    private readonly Lock _restGate = new();
    private int _woken;
    private bool _waits;
    private volatile bool _stopping;
    private bool _ended;

    public EpollLoop(int number, TransportOptions? options = null)
    {
        Linger = (options ?? TransportOptions.Default).Linger;
        _thread = new Thread(Run) { IsBackground = true, Name = $"tPacket loop {number}" };
        try
        {
            _thread.Start();
        }
        catch
        {
            // The loop's thread, which would dispose of the epoll instance, does not run.
            _epoll.Dispose();
            throw;
        }
    }

    /// <summary>The time for which the system still sends after the close of a connection (<see cref="TransportOptions.Linger"/>).</summary>
    public TimeSpan Linger { get; }

    public byte[] ReceiveBuffer { get; } = GC.AllocateUninitializedArray<byte>(ReceiveBufferLength, pinned: true);

    // The id of an ended thread is reused, so it cannot be compared.
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Whether the loop is ending or has ended. It then watches no more descriptors.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Starts all loops. If one of them fails to start, ends the others and throws.</summary>
    public static EpollLoop[] StartAll(int count, Func<int, EpollLoop> start)
    {
        var loops = new List<EpollLoop>(count);
        try
        {
            for (var i = 0; i < count; i++)
                loops.Add(start(i));
            return [.. loops];
        }
        catch
        {
            foreach (var loop in loops)
                loop.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Wake();
        // The loop's thread has ended, so the thread pool runs the work. Work that is posted to an ended loop only cleans up.
        if (Volatile.Read(ref _ended))
            ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.RunRest(), this, preferLocal: false);
    }

    /// <summary>
    /// Takes over a flush of another thread's batch, so that output from several loops to one peer leaves in one system call (docs/decisions/0010-loops-hand-flushes-over.md). Thread-safe.
    /// </summary>
    /// <returns>False if the caller must flush: the caller runs on this loop, this loop is ending, or this loop is idle and the batch is too small to wake it.</returns>
    public bool TryTake(IFlushable flushable)
    {
        if (IsCurrent || _stopping || (Volatile.Read(ref _waits) && Volatile.Read(ref _woken) == 0 && FlushBatch.Left < WorthWaking))
            return false;
        _handedOver.Enqueue(flushable);
        // Either the loop finds the flush before it waits, or this thread finds that the loop waits.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waits))
            Wake();
        return true;
    }

    /// <summary>Begins to watch a source of events. Thread-safe.</summary>
    /// <returns>The token of the source, or null if the system refuses or the loop is ending.</returns>
    public ulong? Watch(IEpollSource source, int descriptor, EpollInterest interest)
    {
        var token = _slots.Add(source);
        // The check comes after the source is added: a source that is added too late for the loop's last round is removed here.
        if (!_stopping && _epoll.Add(descriptor, interest, token))
            return token;
        _slots.Remove(token);
        return null;
    }

    /// <summary>Changes the events for which a source is watched. Thread-safe. The descriptor must be open.</summary>
    public void Rewatch(int descriptor, EpollInterest interest, ulong token) => _epoll.Modify(descriptor, interest, token);

    /// <summary>Stops all reports of a source until <see cref="Unmute"/>, including the events that epoll always reports.</summary>
    public void Mute(int descriptor) => _epoll.Remove(descriptor);

    /// <summary>Resumes the reports of a source after <see cref="Mute"/>.</summary>
    public void Unmute(int descriptor, EpollInterest interest, ulong token) => _epoll.Add(descriptor, interest, token);

    /// <summary>Removes a source whose descriptor is still open.</summary>
    public void Unwatch(int descriptor, ulong token)
    {
        _epoll.Remove(descriptor);
        _slots.Remove(token);
    }

    /// <summary>Removes a source whose descriptor was closed.</summary>
    public void Forget(ulong token) => _slots.Remove(token);

    /// <summary>Schedules the notification of a connection's end for the end of this round. Called on the loop's thread or by posted work.</summary>
    public void EndAfterRound(EpollConnection connection) => _closed.Add(connection);

    /// <summary>Ends the thread and closes the remaining connections.</summary>
    public void Dispose()
    {
        _stopping = true;
        Post(static () => { });
        if (!IsCurrent)
            _thread.Join();
    }

    private void Run()
    {
        EventLoop.Enter(this);
        while (!_stopping)
            RunRound();
        var batch = FlushBatch.Enter();
        // Flushes that were handed over before the stop run before the connections close.
        AddHandedOver();
        batch.Exit();
        batch = FlushBatch.Enter();
        foreach (var source in _slots.All())
            source.OnLoopStopped();
        batch.Exit();
        NotifyClosed();
        // A full fence: either the work is found below, or its thread finds that the loop has ended.
        Interlocked.Exchange(ref _ended, true);
        // Includes connections that other threads have begun to close.
        RunRest();
        _epoll.Dispose();
    }

    private void RunRound()
    {
        var reports = WaitForReports();
        var batch = FlushBatch.Enter();
        for (var i = 0; i < reports; i++)
        {
            var report = _epoll.Report(i, out var token);
            if (token == WakeToken)
                RunPosted();
            else
                _slots.Find(token)?.OnReport(report); // Find returns null if the source has ended in this round.
        }

        // The flushes of other loops share system calls with the output of this round.
        AddHandedOver();
        batch.Exit();
        NotifyClosed();
    }

    private void AddHandedOver()
    {
        while (_handedOver.TryDequeue(out var flushable))
            FlushBatch.TryAdd(flushable);
    }

    private int WaitForReports()
    {
        // A full fence: either the flush is found below, or its thread finds that the loop waits.
        Interlocked.Exchange(ref _waits, true);
        var reports = _handedOver.IsEmpty ? _epoll.Wait() : _epoll.Poll();
        Volatile.Write(ref _waits, false);
        return reports;
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
            _epoll.Wake();
    }

    private void RunPosted()
    {
        _epoll.ClearWake();
        // A full fence: either the work is found below, or its thread finds that it must wake the loop.
        Interlocked.Exchange(ref _woken, 0);
        RunQueued();
    }

    private void RunQueued()
    {
        // Work that is posted meanwhile wakes the loop again, so that it does not delay the output of this round.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
            work();
    }

    /// <summary>Runs the remaining work of an ended loop and work that is posted later. Any thread may call; the lock serializes the calls.</summary>
    private void RunRest()
    {
        lock (_restGate)
        {
            RunQueued();
            NotifyClosed();
        }
    }

    /// <summary>Notifies the handlers of connections that have ended in this round, including connections that end during the notifications.</summary>
    private void NotifyClosed()
    {
        while (_closed.Count > 0)
        {
            var batch = FlushBatch.Enter();
            for (var i = 0; i < _closed.Count; i++)
                _closed[i].NotifyClosed();
            _closed.Clear();
            batch.Exit();
        }
    }
}
