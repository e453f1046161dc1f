using System.Collections.Concurrent;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>One thread, one epoll instance, one receive buffer, and the connections that they serve.</summary>
internal sealed class EpollLoop : IEventLoop, IDisposable
{
    // A report of many bytes is read in pieces of this size; so much may also have to wait behind a handler that is not done.
    private const int ReceiveBufferLength = 64 * 1024;
    private const int ReportsPerWait = 1024;
    private const ulong WakeToken = ulong.MaxValue;

    // So much a batch has to have left to flush that waking another loop for a part of it pays.
    private const int WorthWaking = 16;

    private readonly EpollSet _epoll = new(ReportsPerWait, WakeToken);
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly ConcurrentQueue<IFlushable> _taken = new();
    private readonly List<EpollConnection> _endings = [];
    private readonly EpollSlots _slots = new();
    private readonly Thread _thread;
    private readonly Lock _rest = new();
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
            // Nobody else could release what it would have had.
            _epoll.Dispose();
            throw;
        }
    }

    /// <summary>How long the system keeps sending for a connection that is closed.</summary>
    public TimeSpan Linger { get; }

    public byte[] ReceiveBuffer { get; } = GC.AllocateUninitializedArray<byte>(ReceiveBufferLength, pinned: true);

    // Not by id: that of a thread which has ended goes to another.
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Whether it ends or has ended: nothing is watched any more.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Starts all loops or, when one of them cannot be started, none.</summary>
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
        // Nobody comes for it any more; what is posted to an ended loop only cleans up.
        if (Volatile.Read(ref _ended))
            ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.RunRest(), this, preferLocal: false);
    }

    /// <summary>
    /// Takes over a flush of another thread's batch. If each loop wrote what it has read to every peer itself, less would share a call the more loops there are. From any thread.
    /// </summary>
    /// <returns>False when the caller is to do it: this is its own loop, or one that waits for events and that there is too little to wake for.</returns>
    public bool TryTake(IFlushable flushable)
    {
        if (IsCurrent || _stopping || (Volatile.Read(ref _waits) && Volatile.Read(ref _woken) == 0 && FlushBatch.Left < WorthWaking))
            return false;
        _taken.Enqueue(flushable);
        // The loop either finds it before it waits, or is found waiting.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waits))
            Wake();
        return true;
    }

    /// <summary>Begins to watch a source of events. From any thread.</summary>
    /// <returns>The token that it is watched by, or null when the system refuses or the loop ends.</returns>
    public ulong? Watch(IEpollSource source, int descriptor, EpollInterest interest)
    {
        var token = _slots.Add(source);
        // One that comes too late to be among those that are told of the stop finds out here.
        if (!_stopping && _epoll.Add(descriptor, interest, token))
            return token;
        _slots.Remove(token);
        return null;
    }

    /// <summary>Changes what a source is watched for. From any thread, while its descriptor is open.</summary>
    public void Rewatch(int descriptor, EpollInterest interest, ulong token) => _epoll.Modify(descriptor, interest, token);

    /// <summary>Hears nothing of a source until <see cref="Unmute"/>, also not what is always reported.</summary>
    public void Mute(int descriptor) => _epoll.Remove(descriptor);

    /// <summary>Ends <see cref="Mute"/>.</summary>
    public void Unmute(int descriptor, EpollInterest interest, ulong token) => _epoll.Add(descriptor, interest, token);

    /// <summary>Forgets a source, whose descriptor is still open.</summary>
    public void Unwatch(int descriptor, ulong token)
    {
        _epoll.Remove(descriptor);
        _slots.Remove(token);
    }

    /// <summary>Forgets a source whose descriptor was closed.</summary>
    public void Forget(ulong token) => _slots.Remove(token);

    /// <summary>Has a connection tell its end when this round is over. On the loop's thread, or from what was posted.</summary>
    public void EndAfterRound(EpollConnection connection) => _endings.Add(connection);

    /// <summary>Ends the thread and every connection that is left.</summary>
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
        // What was handed over before the stop is sent before the connections end.
        AddTaken();
        batch.Exit();
        batch = FlushBatch.Enter();
        foreach (var source in _slots.All())
            source.OnLoopStopped();
        batch.Exit();
        TellEnds();
        // A full fence: a post is either seen below, or finds the loop ended.
        Interlocked.Exchange(ref _ended, true);
        // Also those that other threads began to close before the loop came for them.
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
                _slots.Find(token)?.OnReport(report); // None when it ended earlier in this round.
        }

        // These leave with what this round has brought.
        AddTaken();
        batch.Exit();
        TellEnds();
    }

    private void AddTaken()
    {
        while (_taken.TryDequeue(out var flushable))
            FlushBatch.TryAdd(flushable);
    }

    private int WaitForReports()
    {
        // A full fence: what is handed over is either seen below, or its thread sees that the loop waits.
        Interlocked.Exchange(ref _waits, true);
        var reports = _taken.IsEmpty ? _epoll.Wait() : _epoll.Poll();
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
        _epoll.Awake();
        // A full fence: a post is either seen below, or finds that it has to wake the loop.
        Interlocked.Exchange(ref _woken, 0);
        RunQueued();
    }

    private void RunQueued()
    {
        // Work that is posted meanwhile has woken the loop again: what this round has to send does not wait for it.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
            work();
    }

    /// <summary>What is left to an ended loop, or is posted to it later: on any thread, one at a time.</summary>
    private void RunRest()
    {
        lock (_rest)
        {
            RunQueued();
            TellEnds();
        }
    }

    /// <summary>Ends that were found while reading or flushing, and those that follow from telling them.</summary>
    private void TellEnds()
    {
        while (_endings.Count > 0)
        {
            var batch = FlushBatch.Enter();
            for (var i = 0; i < _endings.Count; i++)
                _endings[i].TellEnd();
            _endings.Clear();
            batch.Exit();
        }
    }
}
