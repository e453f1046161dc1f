using System.Net;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Hosting;

/// <summary>
/// The connections that the server serves. Each stays here until its session has
/// released everything, which may be after the end of the connection. Thread-safe.
/// </summary>
internal sealed class OpenConnections(ConnectionLimits limits, ILogger<ConnectionAcceptor> logger) : ISessionOwner
{
    private readonly HashSet<Session> _sessions = [];
    private TaskCompletionSource? _drained;
    private int _unfinished; // The number of sessions, and of connections that have no session yet.

    /// <summary>Whether <see cref="BeginDrain"/> was called.</summary>
    public bool IsDraining
    {
        get
        {
            lock (_sessions)
                return _drained is not null;
        }
    }

    /// <summary>Whether every connection has ended and released everything.</summary>
    public bool IsEmpty => Volatile.Read(ref _unfinished) == 0;

    /// <summary>
    /// Registers a connection that has no session yet. <see cref="Finish()"/>,
    /// <see cref="Finish(EndPoint?, ConnectionEnd)"/> or <see cref="OnCleanedUp"/> unregisters it.
    /// </summary>
    public void Begin() => Interlocked.Increment(ref _unfinished);

    /// <summary>Adds the session of a registered connection.</summary>
    public void Add(Session session)
    {
        lock (_sessions)
            _sessions.Add(session);
    }

    public void OnConnectionEnded(Session session) => limits.Release(ref session.Place, session.RemoteEndPoint, session.End);

    public void OnCleanedUp(Session session)
    {
        lock (_sessions)
        {
            if (!_sessions.Remove(session))
                return;
        }

        Finish(session.RemoteEndPoint, session.End);
    }

    /// <summary>Unregisters a connection that has ended without a session, and logs its end.</summary>
    public void Finish(EndPoint? remote, ConnectionEnd end)
    {
        if (end.Cause is EndCause.ClosedByPeer or EndCause.ClosedHere or EndCause.EndOfStream or EndCause.TransportFailed)
            ConnectionLog.Ended(logger, remote, end.Cause, end.Status);
        else
            ConnectionLog.EndedForFault(logger, remote, end.Cause, end.Reason);
        Finish();
    }

    /// <summary>Unregisters a connection that was refused.</summary>
    public void Finish()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0)
            Volatile.Read(ref _drained)?.TrySetResult();
    }

    /// <summary>Begins to wait for the end of all connections.</summary>
    /// <returns>A task that completes when the last connection ends. It never completes if no connection is open; check <see cref="IsEmpty"/>.</returns>
    public Task BeginDrain()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sessions)
            _drained = drained;
        return drained.Task;
    }

    /// <summary>The sessions at this moment; a copy.</summary>
    public Session[] Copy()
    {
        lock (_sessions)
            return [.. _sessions];
    }
}
