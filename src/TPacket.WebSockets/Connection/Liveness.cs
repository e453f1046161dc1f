namespace TPacket.WebSockets.Connection;

/// <summary>
/// Deadline of a connection's phase, and keep-alive of an open connection. All times are milliseconds of the <see cref="Heartbeat"/>. A mutable struct: a field that is never copied.
/// </summary>
internal struct Liveness
{
    private long _deadline;
    private long _lastReceived;
    private long _pingSent;
    private long _unreadAtDeadline;
    private long _unreadSince;

    /// <summary>Deadline of the connection's current phase; <see cref="long.MaxValue"/> if there is none.</summary>
    public long Deadline => Volatile.Read(ref _deadline);

    public void SetDeadline(long deadline) => Volatile.Write(ref _deadline, deadline);

    /// <summary>Removes a deadline, unless another thread has set a different one.</summary>
    public void ClearDeadline(long deadline) => Interlocked.CompareExchange(ref _deadline, long.MaxValue, deadline);

    /// <summary>Records that bytes have arrived from the peer.</summary>
    public void Touch(long now) => Volatile.Write(ref _lastReceived, now);

    /// <summary>
    /// Checks the connection at a beat of the heartbeat: ends it if its deadline has passed, pings an idle peer (RFC 6455, section 5.5.2), and drops a peer
    /// that has not answered a ping in time. Called by one thread at a time.
    /// </summary>
    public void Check(WebSocketConnection connection, long now)
    {
        var deadline = Deadline;
        if (now >= deadline)
        {
            if (HasMissed(connection, deadline, now))
                connection.Expire();
        }
        else if (connection.Phase == ConnectionPhase.Open && !connection.IsParked)
        {
            KeepAlive(connection, now);
        }
    }

    /// <summary>
    /// Returns whether a deadline has passed and the input that had arrived by then has been read. One read after the deadline is enough, so a peer that sends continuously gains no more time than
    /// others. Called by one thread at a time.
    /// </summary>
    public bool HasMissed(WebSocketConnection connection, long deadline, long now)
    {
        if (now < deadline)
            return false;
        if (!connection.HasUnreadInput)
            return true;
        if (_unreadAtDeadline == deadline)
            return Volatile.Read(ref _lastReceived) >= _unreadSince;
        (_unreadAtDeadline, _unreadSince) = (deadline, now);
        return false;
    }

    private void KeepAlive(WebSocketConnection connection, long now)
    {
        var last = Volatile.Read(ref _lastReceived);
        if (_pingSent > last)
        {
            if (now - _pingSent >= (long)connection.Options.PongTimeout.TotalMilliseconds && !connection.HasUnreadInput)
                connection.Drop(EndCause.PongTimeout, "no pong", reset: true);
        }
        else if (now - last >= (long)connection.Options.PingAfterIdle.TotalMilliseconds)
        {
            _pingSent = now;
            connection.SendPing();
        }
    }
}
