namespace TPacket.WebSockets.Connection;

/// <summary>When the peer was heard of last, and by when the connection has to be further. All times in milliseconds of the <see cref="Heartbeat"/>.</summary>
internal struct Liveness
{
    private long _deadline;
    private long _lastReceived;
    private long _pingSent;
    private long _unreadAtDeadline;
    private long _unreadSince;

    /// <summary>When the phase that the connection is in has to be over.</summary>
    public long Deadline => Volatile.Read(ref _deadline);

    public void SetDeadline(long deadline) => Volatile.Write(ref _deadline, deadline);

    /// <summary>Takes a deadline away, unless another was set meanwhile.</summary>
    public void LiftDeadline(long deadline) => Interlocked.CompareExchange(ref _deadline, long.MaxValue, deadline);

    /// <summary>The peer was heard of.</summary>
    public void Touch(long now) => Volatile.Write(ref _lastReceived, now);

    /// <summary>
    /// At a beat that finds a deadline passed: whether what had arrived by then was read. A peer that sends without end has no more time than another: one read is enough. Called by one thread at a
    /// time.
    /// </summary>
    /// <param name="deadline">The deadline.</param>
    /// <param name="now">The time of the beat.</param>
    /// <param name="hasUnreadInput">Whether something is there to be read now.</param>
    public bool HasHadItsChance(long deadline, long now, bool hasUnreadInput)
    {
        if (!hasUnreadInput)
            return true;
        if (_unreadAtDeadline == deadline)
            return Volatile.Read(ref _lastReceived) >= _unreadSince;
        (_unreadAtDeadline, _unreadSince) = (deadline, now);
        return false;
    }

    /// <summary>Judges the peer's silence; called by one thread at a time, which then pings where it is to ask.</summary>
    public PeerSilence Judge(long now, WebSocketOptions options)
    {
        var last = Volatile.Read(ref _lastReceived);
        if (_pingSent > last)
            return now - _pingSent < (long)options.PongTimeout.TotalMilliseconds ? PeerSilence.Short : PeerSilence.TooLong;
        if (now - last < (long)options.PingAfterIdle.TotalMilliseconds)
            return PeerSilence.Short;
        _pingSent = now;
        return PeerSilence.Ask;
    }
}
