using TPacket.WebSockets;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>The deadline of a client's next step to sign in, in milliseconds of the heartbeat. Thread-safe; a field that is never copied.</summary>
internal struct SignInDeadline()
{
    private const long None = long.MaxValue;

    private long _due = None;

    /// <summary>Begins a step, and sets its deadline.</summary>
    public void Begin(Heartbeat heartbeat, TimeSpan timeout) => Volatile.Write(ref _due, heartbeat.PreciseNow + (long)timeout.TotalMilliseconds);

    /// <summary>Returns whether the client has missed the deadline.</summary>
    public readonly bool IsMissed(WebSocketConnection connection, long now) => connection.HasMissed(Volatile.Read(in _due), now);

    /// <summary>Removes the deadline.</summary>
    /// <returns>The deadline, for <see cref="Restore"/>.</returns>
    public long Remove() => Interlocked.Exchange(ref _due, None);

    /// <summary>Sets a deadline that <see cref="Remove"/> has returned.</summary>
    public void Restore(long due) => Volatile.Write(ref _due, due);
}
